import type { OnProgress, Progress } from './progress';

/** Joins what a transfer tells of its progress with what a store tells of its waiting for a lock. */
export class WaitingRelay {
  readonly #report: OnProgress | undefined;
  #last: Progress;

  constructor(remote: string, report: OnProgress | undefined) {
    this.#report = report;
    this.#last = { phase: 'listing', remote, weightsDone: 0, weightsTotal: 0, bytesDone: 0 };
  }

  readonly onProgress = (progress: Progress): void => {
    this.#last = progress;
    this.#report?.(progress);
  };

  readonly onWaiting = (what: string): void => {
    this.#report?.({ ...this.#last, waiting: what });
  };
}
