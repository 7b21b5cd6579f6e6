import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import { reportError } from '../actions/reportError';
import type { Services } from '../actions/services';
import { transferInBackground } from '../actions/transfer';
import type { RemoteModel } from '../model/remoteModel';
import { RepositoryModel } from '../model/repositoryModel';
import { partialText } from '../wording/transferText';
import { NewCommits } from './newCommits';
import type { Refusals } from './refusals';
import type { Surroundings } from './surroundings';

interface Waiting {
  readonly root: string;
  readonly name: string;
  /** It was tried; next when the remote is known to answer again. */
  readonly hasFailed: boolean;
}

/**
 * Pushes to the remotes with auto_push when a commit appears in an open repository. What cannot go now, because the window is not in front,
 * a transfer is under way or the remote does not answer, goes when that is over.
 */
export class AutoPush {
  readonly #services: Services;
  readonly #refusals: Refusals;
  readonly #surroundings: Surroundings;
  readonly #commits = new NewCommits();
  readonly #waiting = new Map<string, Waiting>();
  readonly #complained = new Set<string>();
  readonly #stop = new AbortController();
  readonly #subscription: vscode.Disposable;

  constructor(services: Services, refusals: Refusals, surroundings: Surroundings) {
    this.#services = services;
    this.#refusals = refusals;
    this.#surroundings = surroundings;
    for (const { snapshot } of services.model.repositories) if (snapshot) this.#commits.see(snapshot);
    this.#subscription = vscode.Disposable.from(
      surroundings.onDidChange(() => this.#pushWaiting()),
      services.model.onDidChange((change) => {
        if (change instanceof RepositoryModel && change.snapshot && this.#commits.see(change.snapshot)) this.#expect(change);
        this.#pushWaiting();
      }),
    );
  }

  #expect({ root, remotes }: RepositoryModel): void {
    for (const { name, summary } of remotes) {
      if (summary.autoPush) this.#waiting.set(keyOf({ root, name }), { root, name, hasFailed: false });
    }
  }

  #pushWaiting(): void {
    for (const [key, { root, name, hasFailed }] of this.#waiting) {
      const remote = this.#services.model.remote(root, name);
      if (remote?.summary.autoPush && !this.#mayPush(remote, hasFailed)) continue;
      this.#waiting.delete(key);
      if (remote?.summary.autoPush) void this.#push(remote);
    }
  }

  #mayPush(remote: RemoteModel, hasFailed: boolean): boolean {
    return this.#surroundings.isActive() && remote.isAllowed && remote.mayPushByItself && !remote.activity
      && !this.#refusals.isRefused(remote) && !(hasFailed && remote.error);
  }

  async #push(remote: RemoteModel): Promise<void> {
    const { root, name } = remote;
    try {
      const result = await transferInBackground(this.#services, remote, { direction: 'push' }, this.#stop.signal);
      const [first] = result.errors;
      if (first) this.#complain(remote, CoralError.fromJSON({ ...first, message: partialText('push', name, result) }));
      else this.#complained.delete(keyOf(remote));
    } catch (error) {
      const known = CoralError.from(error);
      if (!this.#waiting.has(keyOf(remote))) this.#waiting.set(keyOf(remote), { root, name, hasFailed: known.reason !== 'busy' });
      this.#complain(remote, known);
    }
  }

  /** Once, until a push goes through again. The status bar shows it for as long as it lasts. */
  #complain(remote: RemoteModel, { reason, message }: CoralError): void {
    const key = keyOf(remote);
    if (this.#complained.has(key) || this.#stop.signal.aborted || reason === 'busy') return;
    this.#complained.add(key);
    const error = new CoralError(reason, `Auto push to ${remote.name}: ${message}`, { remote: remote.name });
    reportError(this.#services.log, error, { remote, retry: () => vscode.commands.executeCommand('coral.push', remote.target) });
  }

  dispose(): void {
    this.#stop.abort();
    this.#subscription.dispose();
  }
}

function keyOf({ root, name }: { readonly root: string; readonly name: string }): string {
  return `${root}\0${name}`;
}
