import type { TransferPreview } from '../../core/repository/transferPreview';
import type { RemoteRequest } from './status';
import type { NameFilter } from './transfers';

export interface PreviewRequest extends RemoteRequest, NameFilter {
  readonly direction: 'push' | 'pull' | 'sync';
  readonly weightHashes?: readonly string[] | undefined;
  /** a commit hash: only what this commit and those before it name */
  readonly upTo?: string | undefined;
  readonly force?: boolean | undefined;
}

export interface PreviewsApi {
  /** What the transfer would do if it began now. Reads both sides and changes neither. */
  preview(request: PreviewRequest): Promise<TransferPreview>;
}
