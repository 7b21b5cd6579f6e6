import * as vscode from 'vscode';
import type { CoralClient } from '../../worker/client';
import { defaultRemoteName } from '../settings/settings';
import type { Consents } from './consents';
import type { CredentialVault } from './credentialVault';
import { findRepositories } from './findRepositories';
import { LookQueue } from './lookQueue';
import type { RemoteHost, RemoteModel } from './remoteModel';
import { type RepositoryHost, RepositoryModel } from './repositoryModel';
import type { StatusMemory } from './statusMemory';

/** What changed; undefined is the list of repositories. */
export type ModelChange = RepositoryModel | RemoteModel | undefined;

/** The open repositories and their state. Tree and status bar only show it. */
export class CoralModel {
  readonly #changes = new vscode.EventEmitter<ModelChange>();
  readonly #subscriptions: readonly { dispose(): unknown }[];
  readonly #host: RepositoryHost;
  #repositories: readonly RepositoryModel[] = [];
  #scanned = false;

  readonly onDidChange = this.#changes.event;

  constructor(client: CoralClient, vault: CredentialVault, consents: Consents, memory: StatusMemory, log: RemoteHost['log']) {
    const changed = (change: ModelChange) => this.#changes.fire(change);
    this.#host = { client, vault, consents, memory, looks: new LookQueue(), log, changed, repositoryChanged: changed };
    this.#subscriptions = [
      this.#changes,
      consents.onDidChange(() => { for (const remote of this.remotes) changed(remote); }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.scan()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.scan()),
    ];
  }

  get repositories(): readonly RepositoryModel[] { return this.#repositories; }
  /** Whether the open folders have been looked through. */
  get isScanned(): boolean { return this.#scanned; }
  get remotes(): readonly RemoteModel[] { return this.#repositories.flatMap((repository) => repository.remotes); }

  /** Looks for repositories again, and reads those found. Without trust it looks at nothing. */
  async scan(): Promise<void> {
    const roots = vscode.workspace.isTrusted ? await findRepositories() : [];
    this.#repositories = roots.map((root) => this.repository(root) ?? new RepositoryModel(root, this.#host));
    this.#scanned = true;
    this.#changes.fire(undefined);
    await Promise.all(this.#repositories.map((repository) => repository.load()));
  }

  /** Reads every repository again. */
  async refresh(): Promise<void> {
    await this.scan();
    await Promise.all(this.#repositories.map((repository) => repository.refresh()));
  }

  repository(root: string): RepositoryModel | undefined {
    return this.#repositories.find((repository) => repository.root === root);
  }

  remote(root: string, name: string): RemoteModel | undefined {
    return this.repository(root)?.remotes.find((remote) => remote.name === name);
  }

  /** The one that `coral.defaultRemote` names, else the first. */
  defaultRemote(repository: RepositoryModel): RemoteModel | undefined {
    const name = defaultRemoteName(repository.root);
    return repository.remotes.find((remote) => remote.name === name) ?? repository.remotes[0];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
