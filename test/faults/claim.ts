import { spawn } from 'node:child_process';

/** One promise of Coral that the fault tests try to break. */
export interface Claim {
  /** as in "R1" */
  readonly id: string;
  readonly says: string;
  /** how often it is tried in `npm test`, and in `npm run test:faults` */
  readonly short: number;
  readonly full: number;
  run(tries: number, context: Context): Promise<Outcome>;
}

export interface Context {
  /** Plants in the last try what the claim rules out, to show that it would be noticed. */
  readonly sabotage: boolean;
}

export interface Outcome {
  readonly tries: number;
  /** what went wrong, in words, one a try that failed */
  readonly failures: readonly string[];
  /** figures worth knowing */
  readonly note?: string | undefined;
  /** why some or all of it could not be tried here */
  readonly skipped?: string | undefined;
}

/** Counts tries; one that throws has failed. */
export class Tally {
  readonly failures: string[] = [];
  tries = 0;

  async attempt(what: string, work: () => Promise<void> | void): Promise<void> {
    this.tries += 1;
    try {
      await work();
    } catch (error) {
      this.failures.push(`${what}: ${error instanceof Error ? error.message.split('\n').slice(0, 12).join(' | ') : String(error)}`);
    }
  }

  outcome(note?: string, skipped?: string): Outcome {
    return { tries: this.tries, failures: this.failures, note, skipped };
  }
}

/**
 * How long this machine takes now to start a program, in ms: what must not take longer than a second may take as much more as it is
 * slow.
 */
export async function lag(): Promise<number> {
  const began = performance.now();
  await new Promise((resolve) => { spawn('true', { stdio: 'ignore' }).once('close', resolve).once('error', resolve); });
  return performance.now() - began;
}

/** The most that may pass where a second is promised: more on a machine that is busy. */
export const aSecond = async (): Promise<number> => 1000 + 10 * Math.max(0, await lag() - 20);

/** Runs `work` for 0, 1, ... count - 1, so many at a time. */
export async function inLanes(count: number, lanes: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
}
