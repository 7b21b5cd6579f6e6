import type { Bandwidth } from './bandwidth';

/** How far a transfer is; sent at most a few times a second. */
export interface Progress {
  readonly phase: 'listing' | 'pushing' | 'pulling' | 'reading' | 'checking' | 'pruning';
  /** "" when there is none */
  readonly remote: string;
  readonly weightsDone: number;
  readonly weightsTotal: number;
  /**
   * uncompressed bytes of tensors; the total is estimated from stored sizes until every weight was met, undefined before those are
   * known
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
  /** what the transfer may use of the line, with others that are given the same one; all of it when absent */
  readonly bandwidth?: Bandwidth | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}
