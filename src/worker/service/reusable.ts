/**
 * Something that is costly to open: opened at its first use, shared by those that use it at once, and closed when nobody has for a while.
 */
export class Reusable<T extends { close(): Promise<void> }> {
  readonly #open: () => Promise<T>;
  readonly #idleMs: number;
  #opened: Promise<T> | undefined;
  #users = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(open: () => Promise<T>, idleMs = 20_000) {
    this.#open = open;
    this.#idleMs = idleMs;
  }

  async use<R>(work: (value: T) => Promise<R>): Promise<R> {
    clearTimeout(this.#timer);
    this.#users += 1;
    try {
      this.#opened ??= this.#open();
      const value = await this.#opened.catch((error: unknown) => {
        this.#opened = undefined;
        throw error;
      });
      return await work(value);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#timer = setTimeout(() => this.#close(), this.#idleMs).unref();
    }
  }

  #close(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.then((value) => value.close()).catch(() => undefined); // what it held is let go all the same
  }
}
