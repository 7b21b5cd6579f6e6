import type { CoralErrorJSON } from '../../core/errors';
import type { CredentialsChoice } from '../../core/storage/credentials';
import type { Finding } from '../../core/remotes/remotesFindings';
import type { RemoteChanges } from '../../core/remotes/remotesFile';
import type { RemoteSummary } from './repository';
import type { RemoteRequest } from './status';

export interface RemoteLocationText {
  readonly backend: string;
  readonly url: string;
  readonly endpointUrl?: string | undefined;
}

export interface NewRemote {
  readonly root: string;
  readonly name: string;
  readonly url: string;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly credentials?: CredentialsChoice | undefined;
}

/** What a connection test saw; see RemoteAccess. */
export interface RemoteCheck {
  readonly exists: boolean;
  readonly canRead: boolean;
  readonly canWrite: boolean;
  readonly weights: number;
  readonly error?: CoralErrorJSON | undefined;
  readonly otherEndpoint?: string | undefined;
}

/** The keys that an entry of remotes.json holds itself, and whom they are for. */
export interface KeysInFile {
  readonly name: string;
  readonly url: string;
  readonly endpointUrl?: string | undefined;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
}

export interface RemoteInfo {
  readonly name: string;
  readonly url: string;
  readonly backend: string;
  /** where the credentials come from: `profile "dev"`, "the environment"; never a value */
  readonly credentialsSource: string;
  readonly storage: { readonly location: string; readonly weights: number; readonly storedBytes?: number | undefined };
  readonly refs: Readonly<Record<string, string>>;
}

export interface RemotesApi {
  /** What a URL typed by a person stands for, minio:// as s3:// with an endpoint; reason "invalid" says what is wrong with it. No network. */
  readUrl(request: { readonly url: string }): Promise<RemoteLocationText>;
  /** Names of the profiles in the AWS configuration files of this machine. */
  profiles(request: Record<string, never>): Promise<readonly string[]>;
  /** What an entry would stand for, and where its repository lies. No network. */
  describeRemote(remote: NewRemote): Promise<{ readonly realRoot: string; readonly summary: RemoteSummary }>;
  /** Asks the remote, and leaves nothing there. */
  testRemote(remote: NewRemote): Promise<RemoteCheck>;
  /** Makes the bucket or folder. */
  createRemote(remote: NewRemote): Promise<void>;
  addRemote(remote: NewRemote): Promise<void>;
  editRemote(request: { readonly root: string; readonly remote: string; readonly changes: RemoteChanges }): Promise<void>;
  renameRemote(request: { readonly root: string; readonly remote: string; readonly name: string }): Promise<void>;
  /** The least rights that a remote in a bucket needs, in the form that its servers read. */
  bucketPolicy(remote: Pick<NewRemote, 'name' | 'url' | 'endpointUrl'>): Promise<object>;
  /** The text of a remotes.json as an editor shows it, without a byte order mark; undefined for none, and for one that cannot be read. */
  readRemotesFile(request: { readonly path: string }): Promise<string | undefined>;
  /** What is to be said about the text of a remotes.json. */
  inspectRemotesFile(request: { readonly text: string }): Promise<readonly Finding[]>;
  keysInFile(request: { readonly root: string; readonly remote: string }): Promise<KeysInFile>;
  /** Takes these keys out of the file, in one step; reason "conflict" where the file holds others by now. */
  forgetKeysInFile(request: { readonly root: string; readonly remote: string; readonly keys: KeysInFile }): Promise<void>;
  removeRemote(request: { readonly root: string; readonly remote: string }): Promise<boolean>;
  info(request: RemoteRequest): Promise<RemoteInfo>;
}
