import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/errors';
import type { ObjectInfo, ObjectStore } from '../../../../src/core/storage/objects/objectStore';
import { retrying } from '../../../../src/core/storage/objects/retrying';
import { TransientError } from '../../../../src/core/storage/objects/transientError';

const policy = { tries: 4, shortTries: 2, firstWait: 1, longestWait: 2, longestRetryAfter: 100 };
const broken = (): TransientError => new TransientError('network', 'broken');

/** A store that has only what a test gives it. */
const partial = (methods: Partial<ObjectStore>): ObjectStore => methods as ObjectStore;

describe('retrying', () => {
  it('begins a broken listing again and gives each key once', async () => {
    // In the order of their UTF-8 bytes, which is not that of JavaScript's strings.
    const keys = ['a', 'b', 'c', 'd\uffff', 'd\u{1F41A}', 'e'];
    let turn = 0;
    const store = retrying(partial({
      async *list() {
        turn += 1;
        for (const [index, key] of keys.entries()) {
          if (index === turn + 1) throw broken();
          yield { key, size: 1, tag: 't' };
        }
      },
    }), policy);
    const found: ObjectInfo[] = [];
    for await (const info of store.list('')) found.push(info);
    assert.deepEqual(found.map(({ key }) => key), keys);
    assert.ok(turn > 3);
  });

  it('gives up a listing that gets no further', async () => {
    let turns = 0;
    const store = retrying(partial({
      async *list() {
        turns += 1;
        yield { key: 'a', size: 1, tag: 't' };
        throw broken();
      },
    }), policy);
    await assert.rejects(async () => { for await (const info of store.list('')) assert.equal(info.key, 'a'); }, (error) => CoralError.is(error, 'network'));
    assert.equal(turns, policy.tries);
  });

  it('tries again only what may pass by itself', async () => {
    for (const [error, tries] of [[broken(), 4], [new TransientError('network', 'nobody', { patience: 'short' }), 2], [new CoralError('network', 'untrusted'), 1], [new CoralError('auth', 'no'), 1], [new TypeError('bug'), 1]] as const) {
      let calls = 0;
      const store = retrying(partial({ head: () => { calls += 1; return Promise.reject(error); } }), policy);
      await assert.rejects(store.head('key'), (thrown) => thrown === error);
      assert.equal(calls, tries, error.message);
    }
  });
});
