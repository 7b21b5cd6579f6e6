import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { type TimerClock, Scheduler } from '../../../../src/vscode/automation/scheduler';

class FakeClock implements TimerClock {
  #now = 1_000_000;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  get timers(): number { return this.#timers.length; }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): { dispose(): void } {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.push(timer);
    return { dispose: () => { this.#timers = this.#timers.filter((other) => other !== timer); } };
  }

  /** Goes on by so much, and lets what is due then happen. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await new Promise(setImmediate);
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (!next) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.run();
      await new Promise(setImmediate);
    }
    this.#now = end;
  }
}

interface Target { readonly name: string; seen?: number }

const minute = 60_000;

describe('Scheduler', () => {
  let clock: FakeClock;
  let targets: Target[];
  let looks: string[];
  let answer: (target: Target) => Promise<boolean>;
  let scheduler: Scheduler<Target>;
  beforeEach(() => {
    clock = new FakeClock();
    targets = [];
    looks = [];
    answer = () => Promise.resolve(true);
    scheduler = new Scheduler<Target>({
      targets: () => targets, period: () => 3 * minute, lastLook: ({ seen }) => seen,
      look: (target) => {
        looks.push(`${target.name} ${(clock.now() - 1_000_000) / minute}`);
        return answer(target);
      },
    }, clock);
  });

  it('has no timer while there is nothing to look at', () => {
    scheduler.wake();
    assert.equal(clock.timers, 0);
  });

  it('looks at once at what nobody has looked at, and then once a period', async () => {
    targets = [{ name: 'a' }];
    scheduler.wake();
    await clock.pass(7 * minute);
    assert.deepEqual(looks, ['a 0', 'a 3', 'a 6']);
    assert.equal(clock.timers, 1);
  });

  it('counts the looks of others', async () => {
    const target: Target = { name: 'a', seen: clock.now() - minute };
    targets = [target];
    scheduler.wake();
    await clock.pass(minute);
    target.seen = clock.now();
    await clock.pass(5 * minute);
    assert.deepEqual(looks, ['a 4']);
  });

  it('never looks twice at once', async () => {
    const target: Target = { name: 'a' };
    targets = [target];
    let finish: (isReached: boolean) => void = () => undefined;
    answer = () => new Promise((resolve) => { finish = resolve; });
    scheduler.wake();
    await clock.pass(10 * minute);
    scheduler.wake();
    assert.deepEqual(looks, ['a 0']);
    finish(true);
    await clock.pass(3 * minute);
    assert.deepEqual(looks, ['a 0', 'a 13']);
  });

  it('waits twice as long after each failure, an hour at most, and no longer once it works', async () => {
    const target: Target = { name: 'a' };
    targets = [target];
    answer = () => Promise.resolve(false);
    scheduler.wake();
    await clock.pass(250 * minute);
    assert.deepEqual(looks, [0, 6, 18, 42, 90, 150, 210].map((at) => `a ${at}`));
    looks.length = 0;
    answer = () => Promise.resolve(true);
    await clock.pass(25 * minute);
    assert.deepEqual(looks, ['a 270', 'a 273']);
  });

  it('comes back sooner when somebody has reached the target meanwhile', async () => {
    const target: Target = { name: 'a' };
    targets = [target];
    answer = () => Promise.resolve(false);
    scheduler.wake();
    await clock.pass(7 * minute);
    target.seen = clock.now();
    answer = () => Promise.resolve(true);
    scheduler.recover(target);
    scheduler.wake();
    await clock.pass(3 * minute);
    assert.deepEqual(looks, ['a 0', 'a 6', 'a 10']);
  });

  it('does nothing while no target may be looked at, and catches up afterwards', async () => {
    const target: Target = { name: 'a' };
    targets = [target];
    scheduler.wake();
    await clock.pass(minute);
    targets = [];
    scheduler.wake();
    await clock.pass(60 * minute);
    assert.deepEqual([looks, clock.timers], [['a 0'], 0]);
    targets = [target];
    scheduler.wake();
    assert.deepEqual(looks, ['a 0', 'a 61']);
  });

  it('is woken by what it does itself without losing its way', async () => {
    targets = [{ name: 'a' }, { name: 'b' }];
    answer = () => {
      scheduler.wake();
      return Promise.resolve(true);
    };
    scheduler.wake();
    await clock.pass(4 * minute);
    assert.deepEqual(looks, ['a 0', 'b 0', 'a 3', 'b 3']);
    assert.equal(clock.timers, 1);
  });

  it('stops for good when it is disposed', async () => {
    targets = [{ name: 'a' }];
    scheduler.wake();
    await clock.pass(minute);
    scheduler.dispose();
    scheduler.wake();
    await clock.pass(60 * minute);
    assert.deepEqual([looks, clock.timers], [['a 0'], 0]);
  });
});
