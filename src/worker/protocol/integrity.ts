import type { Depth } from '../../core/repository/integrity/integrityReport';
import type { RemoteRequest } from './status';

/** A repository, or one of its remotes. */
export type IntegrityRequest = RemoteRequest | { readonly root: string; readonly remote?: undefined };

export type CheckRequest = IntegrityRequest & { readonly depth: Depth };

export interface RepairRequest {
  readonly root: string;
  /** the remotes that may be asked for good copies; the one to be mended, where it is about one */
  readonly sources: readonly RemoteRequest[];
}
