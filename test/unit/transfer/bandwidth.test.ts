import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { CoralError } from '../../../src/core/base/errors';
import { Bandwidth, type Clock } from '../../../src/core/transfer/bandwidth';
import { Meter } from '../../../src/core/transfer/meter';
import { runTransfer } from '../../../src/core/transfer/runTransfer';
import { Weight } from '../../../src/core/weights/weight';
import { MemoryStore, sampleWeights } from '../support/memoryStore';

/** A clock that jumps to where the next sleeper wakes. */
class FakeClock implements Clock {
  time = 0;
  onSleep: (() => void) | undefined;
  readonly #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.onSleep?.();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new DOMException('stop', 'AbortError'));
      this.#sleepers.push({ until: this.time + milliseconds, wake: resolve });
      setImmediate(() => this.#advance());
    });
  }

  #advance(): void {
    const [first] = this.#sleepers.sort((one, other) => one.until - other.until).splice(0, 1);
    if (!first) return;
    this.time = Math.max(this.time, first.until);
    first.wake();
  }
}

const megabyte = 1_000_000;
const weightOf = (bytes: number): Weight => Weight.from({ name: 'w', shape: [bytes], dtype: 'uint8' }, new Uint8Array(bytes));

async function read(weight: Weight, signal?: AbortSignal): Promise<number> {
  let bytes = 0;
  for await (const block of weight.blocks(signal)) bytes += block.byteLength;
  return bytes;
}

describe('Bandwidth', () => {
  it('lets bytes pass at its rate, and leaves none out', async () => {
    const clock = new FakeClock();
    const bandwidth = new Bandwidth(2 * megabyte, clock);
    assert.equal(await read(bandwidth.limited(weightOf(10 * megabyte))), 10 * megabyte);
    // The last slice, a quarter of a second, begins its turn and need not end it; as much may be made up for at first.
    assert.ok(clock.time >= 4500 && clock.time <= 5000, `${clock.time} ms`);
  });

  it('is shared by all that are given it', async () => {
    const clock = new FakeClock();
    const bandwidth = new Bandwidth(megabyte, clock);
    await Promise.all(Array.from({ length: 4 }, () => read(bandwidth.limited(weightOf(megabyte)))));
    assert.ok(clock.time >= 3500 && clock.time <= 4000, `${clock.time} ms`);
  });

  it('does not hold up what is below it, nor what has no limit', async () => {
    const clock = new FakeClock();
    const bandwidth = new Bandwidth(megabyte, clock);
    for (let turn = 0; turn < 10; turn += 1) {
      clock.time += 1000;
      const before = clock.time;
      await read(bandwidth.limited(weightOf(200_000)));
      assert.equal(clock.time, before);
    }
    await read(new Bandwidth(undefined, clock).limited(weightOf(50 * megabyte)));
    assert.equal(clock.time, 10_000);
  });

  it('holds at once when it is changed, for what is under way too', async () => {
    const clock = new FakeClock();
    const bandwidth = new Bandwidth(0.01 * megabyte, clock);
    clock.onSleep = () => { bandwidth.bytesPerSecond = undefined; };
    await read(bandwidth.limited(weightOf(10 * megabyte)));
    assert.ok(clock.time <= 500, `${clock.time} ms`);
  });

  it('ends when it is cancelled, wherever it waits', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    clock.onSleep = () => stop.abort();
    await assert.rejects(read(new Bandwidth(1000, clock).limited(weightOf(megabyte)), stop.signal), (error) => CoralError.is(error, 'cancelled'));
  });

  it('lets fewer weights share a small limit, so that none trickles', async () => {
    assert.deepEqual([undefined, 1000, megabyte, 10 * megabyte].map((rate) => new Bandwidth(rate).concurrency), [undefined, 1, 3, 38]);
    const clock = new FakeClock();
    const from = new MemoryStore(sampleWeights(30, 1024));
    const to = new MemoryStore();
    const meter = new Meter('pushing', 'origin', undefined);
    const outcome = await runTransfer(await from.list(), from, to, { remote: 'origin', meter, bandwidth: new Bandwidth(20_000, clock) });
    assert.deepEqual([outcome.arrived.size, outcome.errors, to.maxWriting], [30, [], 1]);
    assert.ok(clock.time >= 5500, `${clock.time} ms`);
  });
});
