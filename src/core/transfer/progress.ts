import type { Bandwidth } from './bandwidth';

/** How far a transfer is; sent at most a few times a second. */
export interface Progress {
  readonly phase: 'listing' | 'pushing' | 'pulling' | 'reading' | 'checking' | 'pruning';
  /** "" when there is none */
  readonly remote: string;
  readonly weightsDone: number;
  readonly weightsTotal: number;
  /**
   * uncompressed bytes of tensors; the total is an estimate from stored sizes until every weight has begun, and undefined before
   * those are known
   */
  readonly bytesDone: number;
  readonly bytesTotal?: number | undefined;
  /** what is being waited for, if anything: "weights.h5 is held by python (pid 4711); waiting." */
  readonly waiting?: string | undefined;
}

export type OnProgress = (progress: Progress) => void;

export interface TransferOptions {
  /** Only these; all that the other side lacks when absent. */
  readonly weightHashes?: Iterable<string> | undefined;
  /** Send again what is there already, overwriting it. */
  readonly force?: boolean | undefined;
  /** Create the bucket of the remote when it does not exist; reason "missing" otherwise. */
  readonly createBucket?: boolean | undefined;
  /** a bandwidth limit, shared with other transfers that are given the same one; no limit when absent */
  readonly bandwidth?: Bandwidth | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}
