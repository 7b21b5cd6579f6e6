import type * as vscode from 'vscode';
import type { CredentialsChoice } from '../../core/storage/credentials';
import { rememberCredentials } from '../../text/redact';
import type { NewRemote } from '../../worker/protocol/remotes';

/** What credentials are saved for: nothing else of a remote matters to them. */
export type CredentialsPlace = Pick<NewRemote, 'name' | 'url' | 'endpointUrl'>;

/** Credentials in VS Code's secret storage. They leave it only inside a call to the worker; they are never logged or written. */
export class CredentialVault {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  /** undefined when the environment is to provide them. */
  async get(remote: CredentialsPlace): Promise<CredentialsChoice | undefined> {
    const text = await this.#secrets.get(keyOf(remote));
    return text === undefined ? undefined : remembered(JSON.parse(text) as CredentialsChoice);
  }

  async set(remote: CredentialsPlace, credentials: CredentialsChoice): Promise<void> {
    await this.#secrets.store(keyOf(remote), JSON.stringify(remembered(credentials)));
  }

  /** Credentials of the same server and bucket, for a remote that is called otherwise now. */
  async copy(from: CredentialsPlace, to: CredentialsPlace): Promise<void> {
    const { name, ...origin } = from;
    const credentials = isSamePlace({ ...origin, name: to.name }, to) ? await this.get({ ...origin, name }) : undefined;
    if (credentials) await this.set(to, credentials);
  }

  /** Forgets the credentials, unless one of `others` uses them too: a remote of the same name and place in another repository. */
  async release(place: CredentialsPlace, others: readonly CredentialsPlace[]): Promise<void> {
    if (!others.some((other) => isSamePlace(other, place))) await this.clear(place);
  }

  async clear(remote: CredentialsPlace): Promise<void> {
    await this.#secrets.delete(keyOf(remote));
  }
}

/** The credentials; nothing that is shown from now on holds them. */
function remembered(credentials: CredentialsChoice): CredentialsChoice {
  if ('accessKeyId' in credentials) rememberCredentials(credentials);
  return credentials;
}

export function isSamePlace(one: CredentialsPlace, other: CredentialsPlace): boolean {
  return keyOf(one) === keyOf(other);
}

/** Name and origin: a remote that is pointed at another server or bucket gets nothing that was meant for the former one. */
function keyOf({ name, url, endpointUrl }: CredentialsPlace): string {
  return `coral.credentials:${JSON.stringify([name, endpointUrl ?? '', originOf(url)])}`;
}

/** "s3://bucket" of "s3://bucket/prefix" */
function originOf(url: string): string {
  return /^[^:]+:\/\/[^/]*/.exec(url)?.[0] ?? url;
}
