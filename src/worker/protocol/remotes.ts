import type { CoralErrorJSON } from '../../core/errors';
import type { Credentials } from '../../core/remotes/credentials';
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
  readonly credentials?: Credentials | undefined;
}

/** What a connection test saw. */
export interface RemoteCheck {
  readonly reachable: boolean;
  readonly exists: boolean;
  readonly weights: number;
  readonly error?: CoralErrorJSON | undefined;
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
  testRemote(remote: NewRemote): Promise<RemoteCheck>;
  addRemote(remote: NewRemote): Promise<void>;
  removeRemote(request: { readonly root: string; readonly remote: string }): Promise<boolean>;
  info(request: RemoteRequest): Promise<RemoteInfo>;
}
