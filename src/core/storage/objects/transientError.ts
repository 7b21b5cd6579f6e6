import { CoralError, type ErrorDetail, type Reason } from '../../errors';

/** A failure that may pass by itself: what `retrying` tries again. */
export class TransientError extends CoralError {
  /** milliseconds the server asked to wait */
  readonly retryAfter: number | undefined;

  constructor(reason: Reason, message: string, retryAfter?: number, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(reason, message, detail, options);
    this.retryAfter = retryAfter;
  }
}
