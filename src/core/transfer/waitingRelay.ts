import type { OnProgress, Progress } from './progress';

/** Combines the progress of a transfer with a store's reports that it waits for a lock. */
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
