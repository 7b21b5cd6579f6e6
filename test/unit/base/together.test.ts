import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { together } from '../../../src/core/base/together';

describe('what is done together', () => {
  it('is there when all of it is, each in its place', async () => {
    assert.deepEqual(await together(() => [delay(5, 'late'), Promise.resolve(7)] as const), ['late', 7]);
  });

  it('has all ended by the time that the first failure is told', async () => {
    const ended: string[] = [];
    const untilStopped = async (signal: AbortSignal): Promise<void> => {
      await once(signal, 'abort');
      await delay(20);
      ended.push('the other');
      throw new Error('a later failure');
    };
    await assert.rejects(together((signal) => [untilStopped(signal), Promise.reject(new Error('the first'))] as const), /the first/);
    assert.deepEqual(ended, ['the other']);
  });

  it('stops when its caller does', async () => {
    const caller = new AbortController();
    const stopped = together((signal) => [once(signal, 'abort').then(() => { throw new Error('stopped'); })] as const, caller.signal);
    caller.abort();
    await assert.rejects(stopped, /stopped/);
  });
});
