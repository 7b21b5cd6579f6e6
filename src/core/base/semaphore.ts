import { CoralError, throwIfCancelled } from './errors';

interface Waiter { readonly weight: number; readonly grant: () => void }

/** A number of permits, granted in the order in which they are asked for. */
export class Semaphore {
  readonly #capacity: number;
  #free: number;
  readonly #waiting: Waiter[] = [];

  constructor(permits: number) {
    this.#capacity = permits;
    this.#free = permits;
  }

  /**
   * Waits for `weight` permits, or for all there are when it asks for more. Call what it returns to give them back; a second call
   * does nothing.
   */
  async acquire(weight = 1, signal?: AbortSignal): Promise<() => void> {
    throwIfCancelled(signal);
    const wanted = Math.min(weight, this.#capacity);
    if (this.#waiting.length === 0 && wanted <= this.#free) this.#free -= wanted;
    else await this.#wait(wanted, signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#free += wanted;
      this.#grant();
    };
  }

  async with<T>(weight: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.acquire(weight, signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  #wait(weight: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { weight, grant: () => { signal?.removeEventListener('abort', leave); resolve(); } };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        this.#grant();
        reject(new CoralError('cancelled', 'Cancelled.'));
      };
      this.#waiting.push(waiter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  #grant(): void {
    for (let next = this.#waiting[0]; next && next.weight <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.weight;
      next.grant();
    }
  }
}
