/** Milliseconds after which a request is given up unless it got further. */
export const stallMs = 30_000;

/**
 * Bytes that each answer must bring in `stallMs`: less than one packet, and 64 at once, the most there are, get that far on a link of
 * 1 KiB/s. A server that drips two bytes a second does not.
 */
const minBytes = 512;

/**
 * Most windows of `stallMs` that an answer which is held in memory, or 16 KiB of what is sent, may take at any pace: 10 minutes. A page
 * of a listing is about 350 KiB, 6 minutes at 1 KiB/s, and S3 may take "several minutes" to join the parts of an upload.
 */
export const maxWindows = 20;

/**
 * A clock that only substantial progress sets back: a server that sends a byte now and then would be waited for without end. It runs
 * only while somebody waits for the server, so that the time a reader takes does not count.
 */
export class Pace {
  readonly #window: number;
  #bytes = 0;
  /** milliseconds of this window that have been waited */
  #waited = 0;
  #ranAt = 0;

  /** @param window milliseconds in which progress has to be made */
  constructor(window = stallMs) {
    this.#window = window;
  }

  received(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= minBytes) this.#beginWindow();
  }

  /** @param late called once, with the bytes of the last window, when they are too few. @returns stops the clock; may be called again */
  run(late: (bytes: number) => void): () => void {
    this.#ranAt = performance.now();
    let isRunning = true;
    const look = (): void => {
      const left = this.#window - this.#waited - (performance.now() - this.#ranAt);
      if (left > 1) timer = setTimeout(look, left);
      else late(this.#bytes);
    };
    let timer = setTimeout(look, this.#window - this.#waited);
    return () => {
      if (!isRunning) return;
      isRunning = false;
      clearTimeout(timer);
      this.#waited += performance.now() - this.#ranAt;
    };
  }

  #beginWindow(): void {
    this.#bytes = 0;
    this.#waited = 0;
    this.#ranAt = performance.now();
  }
}
