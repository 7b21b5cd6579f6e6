import { safeText } from '../text/safeText';

export type Reason =
  | 'auth' | 'denied' | 'missing' | 'corrupt' | 'conflict' | 'network'
  | 'busy' | 'full' | 'unsupported' | 'invalid' | 'cancelled';

/** Where a conflict is more than "somebody else changed it meanwhile": branches that diverged, or something else than what the user agreed to. */
export type Conflict = 'diverged' | 'place' | 'credentials' | 'folder' | 'link';

/** What an error is about, so that a view can point at it. */
export interface ErrorDetail {
  /** the weight concerned */
  readonly hash?: string | undefined;
  /** the remote concerned */
  readonly remote?: string | undefined;
  /** the file concerned, and the line in it, from 1 */
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  /** of reason "conflict" */
  readonly conflict?: Conflict | undefined;
}

export interface CoralErrorJSON extends ErrorDetail {
  readonly reason: Reason;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** Marks a CoralError across bundles: each bundle carries a class of its own, so `instanceof` would not do. */
const brand = Symbol.for('coral.CoralError');

/**
 * The one error that leaves core: a reason to act on, and a sentence that says what happened, where, and what to do next. Parts of it may come from a
 * server or a file: it is one line of bounded length, without secrets, whoever shows it.
 */
export class CoralError extends Error {
  override readonly name = 'CoralError';
  readonly reason: Reason;
  readonly hash?: string | undefined;
  readonly remote?: string | undefined;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  readonly conflict?: Conflict | undefined;

  constructor(reason: Reason, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(safeText(message, 'error'), options);
    Object.defineProperty(this, brand, { value: true });
    this.reason = reason;
    this.hash = detail.hash;
    this.remote = detail.remote;
    this.path = detail.path;
    this.line = detail.line;
    this.conflict = detail.conflict;
  }

  static is(error: unknown, reason?: Reason): error is CoralError {
    return typeof error === 'object' && error !== null && brand in error
      && (reason === undefined || ('reason' in error && error.reason === reason));
  }

  /** The error itself if it is one of ours, else one of `reason` around it. */
  static from(error: unknown, reason: Reason = 'invalid', detail: ErrorDetail = {}): CoralError {
    if (CoralError.is(error)) return error;
    // What `using` makes of an error when closing fails after it: the first one tells what happened.
    if (error instanceof Error && 'suppressed' in error) return CoralError.from(error.suppressed, reason, detail);
    if (error instanceof Error && error.name === 'AbortError') return new CoralError('cancelled', 'Cancelled.', detail, { cause: error });
    // A limit of this program or machine, whatever it was doing.
    const told = error instanceof RangeError && reason === 'network' ? 'invalid' : reason;
    return new CoralError(told, error instanceof Error ? error.message : String(error), detail, { cause: error });
  }

  /** The same error, with what was not known where it was thrown. */
  with(detail: ErrorDetail): CoralError {
    const known = { hash: this.hash, remote: this.remote, path: this.path, line: this.line, conflict: this.conflict };
    const added = Object.fromEntries(Object.entries(detail).filter(([key]) => known[key as keyof ErrorDetail] === undefined));
    return new CoralError(this.reason, this.message, { ...known, ...added }, { cause: this.cause });
  }

  toJSON(): CoralErrorJSON {
    const { reason, message, hash, remote, path, line, conflict, stack } = this;
    return { reason, message, hash, remote, path, line, conflict, stack };
  }

  static fromJSON(json: CoralErrorJSON): CoralError {
    const error = new CoralError(json.reason, json.message, json);
    if (json.stack !== undefined) error.stack = json.stack;
    return error;
  }
}

/** Throws a CoralError of reason "cancelled" once the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CoralError('cancelled', 'Cancelled.');
}
