import { CoralError, type ErrorDetail, type Reason } from '../../base/errors';

/** "short" where nobody is there at all, which waiting seldom changes; "long" where someone is, but slow, busy or failing. */
export type Patience = 'short' | 'long';

interface Passing {
  readonly patience?: Patience | undefined;
  /** milliseconds the server asked to wait */
  readonly retryAfter?: number | undefined;
}

/** A failure that may pass by itself: what `retrying` tries again. */
export class TransientError extends CoralError {
  readonly patience: Patience;
  readonly retryAfter: number | undefined;

  constructor(
    reason: Reason, message: string, { patience = 'long', retryAfter }: Passing = {}, detail: ErrorDetail = {}, options?: ErrorOptions,
  ) {
    super(reason, message, detail, options);
    this.patience = patience;
    this.retryAfter = retryAfter;
  }
}
