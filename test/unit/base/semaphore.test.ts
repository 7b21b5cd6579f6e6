import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { Semaphore } from '../../../src/core/base/semaphore';

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('Semaphore', () => {
  it('gives permits in order, however many each wants', async () => {
    const permits = new Semaphore(3);
    const order: string[] = [];
    const first = await permits.acquire(2);
    const waiting = [['b', 3], ['c', 1], ['d', 1]].map(async ([name, weight]) => {
      const release = await permits.acquire(weight as number);
      order.push(name as string);
      return release;
    });
    await turn();
    assert.deepEqual(order, []);
    first();
    first();
    (await waiting[0]!)();
    assert.deepEqual(order, ['b']);
    (await waiting[1]!)();
    (await waiting[2]!)();
    assert.deepEqual(order, ['b', 'c', 'd']);
    (await permits.acquire(3))();
  });

  it('gives all it has to who wants more', async () => {
    const permits = new Semaphore(2);
    const release = await permits.acquire(1_000_000);
    let got = false;
    const next = permits.acquire().then((free) => { got = true; free(); });
    await turn();
    assert.equal(got, false);
    release();
    await next;
  });

  it('lets those who are cancelled go, and the others on', async () => {
    const permits = new Semaphore(1);
    const release = await permits.acquire();
    const stop = new AbortController();
    const cancelled = permits.acquire(1, stop.signal);
    const patient = permits.acquire();
    stop.abort();
    await assert.rejects(cancelled, (error) => CoralError.is(error, 'cancelled'));
    release();
    (await patient)();
    await assert.rejects(permits.acquire(1, stop.signal), (error) => CoralError.is(error, 'cancelled'));
    (await permits.acquire())();
  });

  it('lets those through who were behind one that leaves', async () => {
    const permits = new Semaphore(3);
    const release = await permits.acquire(2);
    const stop = new AbortController();
    const large = permits.acquire(3, stop.signal);
    const small = permits.acquire(1);
    stop.abort();
    await assert.rejects(large, (error) => CoralError.is(error, 'cancelled'));
    (await small)();
    release();
    (await permits.acquire(3))();
  });

  it('has as many permits as before once one has left that was never granted', async () => {
    const permits = new Semaphore(3);
    const release = await permits.acquire(2);
    const stop = new AbortController();
    const large = permits.acquire(3, stop.signal);
    stop.abort();
    await assert.rejects(large, (error) => CoralError.is(error, 'cancelled'));
    const second = await permits.acquire(1);
    const granted: string[] = [];
    const one = permits.acquire(1).then((free) => { granted.push('one'); return free; });
    const all = permits.acquire(3).then((free) => { granted.push('all'); return free; });
    await turn();
    assert.deepEqual(granted, []);
    release();
    await turn();
    assert.deepEqual(granted, ['one']);
    second();
    (await one)();
    (await all)();
  });

  it('is not disturbed by a cancellation that comes after the grant', async () => {
    const permits = new Semaphore(1);
    const release = await permits.acquire();
    const stop = new AbortController();
    const granted = permits.acquire(1, stop.signal);
    const patient = permits.acquire();
    release();
    const free = await granted;
    stop.abort();
    free();
    (await patient)();
  });

  it('takes back its permits when the work fails', async () => {
    const permits = new Semaphore(1);
    await assert.rejects(permits.with(1, () => Promise.reject(new Error('work'))), /work/);
    assert.equal(await permits.with(1, () => Promise.resolve(7)), 7);
  });
});
