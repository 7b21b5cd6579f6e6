import { safeText } from '../../text/safeText';

export type Reason =
  | 'auth' | 'denied' | 'missing' | 'corrupt' | 'conflict' | 'network'
  | 'busy' | 'full' | 'unsupported' | 'invalid' | 'cancelled';

/** What follows from a reason: for everything else under way, for retries, and for what to ask the user. */
export type Meaning =
  | 'ends everything' | 'concerns one thing' | 'may pass' | 'waits for the user' | 'lies with the remote' | 'cannot be read';

/**
 * The one place that says what a reason means. "missing" concerns one thing when it is said of one; a store throws it only when
 * the store itself is missing, since an absent item reads as undefined (see `endsRun`).
 */
const meanings: Readonly<Record<Reason, readonly Meaning[]>> = {
  auth: ['ends everything', 'waits for the user', 'lies with the remote'],
  denied: ['ends everything', 'waits for the user', 'lies with the remote'],
  network: ['ends everything', 'may pass', 'lies with the remote'],
  busy: ['ends everything', 'may pass'],
  full: ['ends everything'],
  cancelled: ['ends everything'],
  missing: ['concerns one thing', 'lies with the remote'],
  conflict: ['concerns one thing', 'may pass'],
  corrupt: ['concerns one thing', 'cannot be read'],
  unsupported: ['concerns one thing', 'cannot be read'],
  invalid: ['concerns one thing'],
};

/** Conflicts that need their own handling, besides "somebody else changed it meanwhile". */
export type Conflict = 'diverged' | 'plan' | 'place' | 'credentials' | 'folder' | 'link';

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
  /** of reason "network": the server was given up, so any other request to it would fail too */
  readonly isOutage?: boolean | undefined;
}

export interface CoralErrorJSON extends ErrorDetail {
  readonly reason: Reason;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** Recognizes a CoralError from another bundle, whose class is not this one, so that `instanceof` would fail. */
const brand = Symbol.for('coral.CoralError');

/**
 * The only error that leaves core: a reason to act on, and a message that says what happened, where, and what to do next. Parts
 * of the message may come from a server or a file, so it is always one line, bounded, and free of secrets.
 */
export class CoralError extends Error {
  override readonly name = 'CoralError';
  readonly reason: Reason;
  readonly hash?: string | undefined;
  readonly remote?: string | undefined;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  readonly conflict?: Conflict | undefined;
  readonly isOutage?: boolean | undefined;

  constructor(reason: Reason, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(safeText(message, 'error'), options);
    Object.defineProperty(this, brand, { value: true });
    this.reason = reason;
    this.hash = detail.hash;
    this.remote = detail.remote;
    this.path = detail.path;
    this.line = detail.line;
    this.conflict = detail.conflict;
    this.isOutage = detail.isOutage;
  }

  static is(error: unknown, reason?: Reason): error is CoralError {
    return typeof error === 'object' && error !== null && brand in error
      && (reason === undefined || ('reason' in error && error.reason === reason));
  }

  static means(error: CoralError | undefined, meaning: Meaning): boolean;
  static means(error: unknown, meaning: Meaning): error is CoralError;
  static means(error: unknown, meaning: Meaning): boolean {
    return CoralError.is(error) && meanings[error.reason].includes(meaning);
  }

  /** The error itself if it is one of ours, else one of `reason` around it. */
  static from(error: unknown, reason: Reason = 'invalid', detail: ErrorDetail = {}): CoralError {
    if (CoralError.is(error)) return error;
    // A SuppressedError, when closing a `using` resource failed as well: the first error tells what happened.
    if (error instanceof Error && 'suppressed' in error) return CoralError.from(error.suppressed, reason, detail);
    if (error instanceof Error && error.name === 'AbortError') return new CoralError('cancelled', 'Cancelled.', detail, { cause: error });
    // A RangeError is a limit of this program or machine, whatever was going on.
    const told = error instanceof RangeError && reason === 'network' ? 'invalid' : reason;
    return new CoralError(told, error instanceof Error ? error.message : String(error), detail, { cause: error });
  }

  /** The same error with details that were not known where it was thrown. */
  with(detail: ErrorDetail): CoralError {
    const { hash, remote, path, line, conflict, isOutage } = this;
    const known = { hash, remote, path, line, conflict, isOutage };
    const added = Object.fromEntries(Object.entries(detail).filter(([key]) => known[key as keyof ErrorDetail] === undefined));
    return new CoralError(this.reason, this.message, { ...known, ...added }, { cause: this.cause });
  }

  toJSON(): CoralErrorJSON {
    const { reason, message, hash, remote, path, line, conflict, isOutage, stack } = this;
    return { reason, message, hash, remote, path, line, conflict, isOutage, stack };
  }

  static fromJSON(json: CoralErrorJSON): CoralError {
    const error = new CoralError(json.reason, json.message, json);
    if (json.stack !== undefined) error.stack = json.stack;
    return error;
  }
}

/** Whether everything else asked of the same store would fail in this way. A passing failure counts only once its server was given up. */
export function endsRun(error: CoralError): boolean {
  if (error.reason === 'missing' || error.isOutage === true) return true;
  return CoralError.means(error, 'ends everything') && !CoralError.means(error, 'may pass');
}

/** Throws a CoralError of reason "cancelled" once the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CoralError('cancelled', 'Cancelled.');
}
