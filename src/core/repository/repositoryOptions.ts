import type { Agreed } from '../remotes/agreed';
import type { RemotesFileShape } from '../remotes/remotesFile';
import type { RemoteOptions } from '../remotes/remoteStore';
import type { TransferOptions } from '../transfer/progress';
import type { WhatToMove } from '../sync/choice';
import type { Direction, PlanOptions } from '../sync/transfer';

export interface RepositoryOptions {
  /** shape of a remotes.json that does not exist yet; "nested" when absent */
  readonly remotesFileShape?: RemotesFileShape | undefined;
  /** where the folder and links in its `.coral` may lead, for all that is done with it; methods that take `agreed` add to it */
  readonly agreed?: AgreedPaths | undefined;
}

export type AgreedPaths = Pick<Agreed, 'realRoot' | 'realPaths'>;

export interface LocalStoreOptions {
  readonly agreed?: AgreedPaths | undefined;
  readonly compression?: 'auto' | 'gzip' | 'none' | undefined;
  readonly onWaiting?: ((what: string) => void) | undefined;
  /** told what the user should know, though nothing failed */
  readonly onWarning?: ((what: string) => void) | undefined;
}

/** How to reach a remote, and what to move. */
export interface RemoteTransferOptions
  extends Omit<TransferOptions, 'weightHashes'>, WhatToMove, Omit<RemoteOptions, 'signal' | 'onWaiting'> {
  /** `fingerprint` of the preview or plan that was agreed to; reason "conflict", and nothing moves, where it would be another by now */
  readonly agreedPlan?: string | undefined;
}

/** What is to be previewed, and how to reach the remote; both ways when there is no direction. */
export type PreviewOptions = Omit<PlanOptions, 'moveBranches'> & RemoteOptions & { readonly direction?: Direction | undefined };

export interface CloneOptions
  extends Omit<RepositoryOptions, 'agreed'>, Omit<RemoteTransferOptions, keyof WhatToMove | 'agreed' | 'force' | 'createBucket'> {
  /** what the remote is called in the new repository: "origin" when absent */
  readonly remoteName?: string | undefined;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
}
