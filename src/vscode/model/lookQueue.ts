/** A place in the queue. To be given back, whether the look succeeded or not. */
export interface Turn {
  /** resolves when it is one's turn */
  readonly come: Promise<void>;
  /** somebody waits for this one: its turn is now, however many there are */
  hurry(): void;
  done(): void;
}

/** Enough to be quick, and few enough that a folder which names a thousand remotes opens no thousand connections. */
const concurrency = 6;

/** Lets so many looks at remotes run at once in a window, in the order in which they were asked for: that of the rows. */
export class LookQueue {
  readonly #waiting = new Set<() => void>();
  #running = 0;

  take(): Turn {
    let begin = (): void => undefined;
    let isDone = false;
    const come = new Promise<void>((resolve) => {
      begin = () => {
        if (this.#waiting.delete(begin)) this.#running += 1;
        resolve();
      };
    });
    this.#waiting.add(begin);
    this.#next();
    return {
      come,
      hurry: begin,
      done: () => {
        if (isDone) return;
        isDone = true;
        if (!this.#waiting.delete(begin)) this.#running -= 1;
        this.#next();
      },
    };
  }

  #next(): void {
    for (const begin of this.#waiting) {
      if (this.#running >= concurrency) return;
      begin();
    }
  }
}
