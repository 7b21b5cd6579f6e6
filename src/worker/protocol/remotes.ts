import type { CoralErrorJSON } from '../../core/base/errors';
import type { RemoteAccess } from '../../core/sync/testAccess';
import type { CredentialsChoice } from '../../core/storage/credentials';
import type { Refs } from '../../core/remotes/refs';
import type { RemoteInfo } from '../../core/sync/remote';
import type { RemoteConfig, RemoteFields } from '../../core/remotes/remoteConfig';

export type RemoteLocationText = Pick<RemoteConfig, 'backend' | 'url' | 'endpointUrl'>;

export interface NewRemote extends Pick<RemoteFields, 'name' | 'url' | 'region' | 'endpointUrl'> {
  readonly root: string;
  readonly credentials?: CredentialsChoice | undefined;
}

/** What a connection test saw. */
export interface RemoteCheck extends Omit<RemoteAccess, 'error'> {
  readonly error?: CoralErrorJSON | undefined;
}

/** The keys that an entry of remotes.json holds itself, and whom they are for. */
export type KeysInFile = Pick<RemoteConfig, 'name' | 'url' | 'endpointUrl' | 'accessKey' | 'secretKey'>;

export interface RemoteInfoAnswer extends Omit<RemoteInfo, 'storageInfo'> {
  readonly storage: RemoteInfo['storageInfo'];
  readonly refs: Refs;
}
