import { setTimeout } from 'node:timers/promises';

/** Milliseconds after which a person does not seem to go on at once. */
const defaultPause = 500;

/**
 * Lets work that nobody waits for begin only once all else is done for a moment, and go on only while nothing else is under way, one piece
 * of it at a time.
 */
export class Background {
  readonly #pause: number;
  #underWay = 0;
  #quiet: (() => void)[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #ended = -Infinity;

  constructor(pause = defaultPause) {
    this.#pause = pause;
  }

  /** Work that somebody waits for. */
  async first<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      this.#ended = performance.now();
      if (this.#underWay === 0) for (const go of this.#quiet.splice(0)) go();
    }
  }

  /** Work that can wait: for such work before it, and at each `turn` for all that came first meanwhile. */
  later<T>(work: (turn: () => Promise<void>) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#calm()).then(() => work(() => this.#turn()));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #calm(): Promise<void> {
    for (;;) {
      await this.#turn();
      const left = this.#ended + this.#pause - performance.now();
      if (left <= 0) return;
      await setTimeout(left);
    }
  }

  async #turn(): Promise<void> {
    await new Promise((resolve) => { setImmediate(resolve); }); // new requests are heard of here
    while (this.#underWay > 0) await new Promise<void>((resolve) => { this.#quiet.push(resolve); });
  }
}
