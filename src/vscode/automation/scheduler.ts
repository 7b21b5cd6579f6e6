export interface TimerClock {
  /** milliseconds since 1970 */
  now(): number;
  after(milliseconds: number, run: () => void): { dispose(): unknown };
}

export const systemClock: TimerClock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return { dispose: () => clearTimeout(timer) };
  },
};

/** What a Scheduler does, and to what. */
export interface Job<Target extends object> {
  /** what is to be looked at as things are now; none while nothing may run */
  readonly targets: () => readonly Target[];
  /** milliseconds between two looks at one target */
  readonly period: () => number;
  /** when anybody last looked at it, in milliseconds since 1970 */
  readonly lastLook: (target: Target) => number | undefined;
  /** looks; false when the target could not be reached. Never rejects. */
  readonly look: (target: Target) => Promise<boolean>;
}

/** Longest wait after failures in a row, in milliseconds; a longer period stays as it is. */
const maxWait = 3_600_000;

interface Turn {
  /** when the last look of ours ended */
  at: number;
  failures: number;
  isRunning: boolean;
}

/**
 * Looks at each target once a period, and at one that fails half as often each time. Never twice at once. It has one timer, and none while
 * there are no targets: whoever knows that something has changed calls `wake`.
 */
export class Scheduler<Target extends object> {
  readonly #job: Job<Target>;
  readonly #clock: TimerClock;
  readonly #turns = new WeakMap<Target, Turn>();
  #timer: { dispose(): unknown } | undefined;
  #isDisposed = false;

  constructor(job: Job<Target>, clock: TimerClock = systemClock) {
    this.#job = job;
    this.#clock = clock;
  }

  /** Looks at what is due, and sets the timer for what will be. */
  wake(): void {
    this.#rest();
    if (this.#isDisposed) return;
    let next = Infinity;
    for (const target of this.#job.targets()) {
      const turn = this.#turnOf(target);
      if (turn.isRunning) continue;
      const due = this.#dueAt(target, turn);
      if (due > this.#clock.now()) next = Math.min(next, due);
      else void this.#look(target, turn);
    }
    // Looking tells the world, which may wake us in between.
    this.#rest();
    if (next < Infinity) this.#timer = this.#clock.after(next - this.#clock.now(), () => this.wake());
  }

  /** Forgets the failures of a target: it can be reached again. */
  recover(target: Target): void {
    this.#turnOf(target).failures = 0;
  }

  #rest(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #turnOf(target: Target): Turn {
    const turn = this.#turns.get(target) ?? { at: -Infinity, failures: 0, isRunning: false };
    this.#turns.set(target, turn);
    return turn;
  }

  #dueAt(target: Target, { at, failures }: Turn): number {
    const period = this.#job.period();
    const wait = Math.max(period, Math.min(maxWait, period * 2 ** failures));
    return Math.max(at, this.#job.lastLook(target) ?? -Infinity) + wait;
  }

  async #look(target: Target, turn: Turn): Promise<void> {
    turn.isRunning = true;
    const isReached = await this.#job.look(target);
    turn.isRunning = false;
    turn.at = this.#clock.now();
    turn.failures = isReached ? 0 : turn.failures + 1;
    this.wake();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#rest();
  }
}
