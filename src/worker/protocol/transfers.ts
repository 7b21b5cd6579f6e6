import type { RemoteTransferOptions } from '../../core/repository/repositoryOptions';
import type { NewRemote } from './remotes';
import type { RemoteRequest } from './status';

export type TransferAction = 'push' | 'pull' | 'sync';

/** Which weights take part, by name, as the settings say; nothing to weights that were chosen one by one. */
export type NameFilter = Pick<RemoteTransferOptions, 'include' | 'exclude'>;

export interface TransferRequest
  extends RemoteRequest, NameFilter, Pick<RemoteTransferOptions, 'upTo' | 'force' | 'createBucket' | 'agreedPlan'> {
  readonly weightHashes?: readonly string[] | undefined;
}

/** What a person chose to transfer. */
export interface TransferChoice extends Pick<TransferRequest, 'weightHashes' | 'upTo' | 'force' | 'createBucket' | 'agreedPlan'> {
  readonly direction: TransferAction;
}

export type PreviewChoice = Pick<TransferChoice, 'direction' | 'upTo'>;

export interface PreviewRequest extends Omit<TransferRequest, 'createBucket' | 'agreedPlan'> {
  readonly direction: TransferAction;
}

/** `root` is the folder that the repository is made in. */
export type CloneRequest = NewRemote;
