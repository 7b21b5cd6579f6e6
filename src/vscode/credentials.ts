import type * as vscode from 'vscode';
import type { Credentials } from '../core/remotes/credentials';
import type { RemoteSummary } from '../worker/protocol/repository';

type Place = Pick<RemoteSummary, 'name' | 'url' | 'endpointUrl'>;

/** Credentials in VS Code's secret storage. They leave it only inside a call to the worker; they are never logged or written. */
export class CredentialVault {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  /** undefined when the environment is to provide them. */
  async get(remote: Place): Promise<Credentials | undefined> {
    const text = await this.#secrets.get(keyOf(remote));
    return text === undefined ? undefined : JSON.parse(text) as Credentials;
  }

  async set(remote: Place, credentials: Credentials): Promise<void> {
    await this.#secrets.store(keyOf(remote), JSON.stringify(credentials));
  }

  async clear(remote: Place): Promise<void> {
    await this.#secrets.delete(keyOf(remote));
  }
}

/** Name and origin: a remote that is pointed at another server or bucket gets nothing that was meant for the former one. */
function keyOf({ name, url, endpointUrl }: Place): string {
  return `coral.credentials:${JSON.stringify([name, endpointUrl ?? '', originOf(url)])}`;
}

/** "s3://bucket" of "s3://bucket/prefix" */
function originOf(url: string): string {
  return /^[^:]+:\/\/[^/]*/.exec(url)?.[0] ?? url;
}
