import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import type { ObjectInfo, ObjectStore } from '../../../../src/core/storage/objects/objectStore';
import { retrying } from '../../../../src/core/storage/objects/decorators/retrying';
import { TransientError } from '../../../../src/core/storage/objects/transientError';

const policy = { tries: 4, shortTries: 2, firstWait: 1, maxWait: 2, maxRetryAfter: 100 };
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
    }), { ...policy, tries: 8 });
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
      await assert.rejects(store.head('key'), (thrown) => (error instanceof TransientError
        ? CoralError.is(thrown, error.reason) && thrown.isOutage === true && thrown.cause === error : thrown === error));
      assert.equal(calls, tries, error.message);
    }
  });

  /** An object whose body breaks after so many bytes, each time; the first time after `first`. */
  const breaking = (size: number, each: number, first = each): { readonly store: ObjectStore; readonly requests: () => number } => {
    let requests = 0;
    const info = { key: 'key', size, tag: 't' };
    const get: ObjectStore['get'] = (_key, range) => {
      const after = requests === 0 ? first : each;
      requests += 1;
      const start = range?.start ?? 0;
      const body = (async function* () {
        yield Buffer.alloc(Math.min(after, size - start), 1);
        if (start + after < size) throw broken();
      })();
      return Promise.resolve({ ...info, body });
    };
    return { store: retrying(partial({ get }), policy), requests: () => requests };
  };
  const read = async (store: ObjectStore): Promise<number> => {
    let length = 0;
    for await (const block of (await store.get('key'))!.body) length += block.byteLength;
    return length;
  };

  it('gives up a body that gives a byte and breaks, however often', async () => {
    const { store, requests } = breaking(1_000_000, 1);
    await assert.rejects(read(store), (error) => CoralError.is(error, 'network'));
    assert.equal(requests(), policy.tries);
  });

  it('gives up a body that gave much at first and then a byte at a time', async () => {
    const { store, requests } = breaking(1_000_000, 1, 500_000);
    await assert.rejects(read(store), (error) => CoralError.is(error, 'network'));
    assert.equal(requests(), policy.tries);
  });

  it('gets a body through a link that breaks all the time but moves on', async () => {
    const { store, requests } = breaking(3_000_000, 30_000);
    assert.equal(await read(store), 3_000_000);
    assert.equal(requests(), 100);
  });

  it('gives up a listing that gives a key more each time', async () => {
    let turns = 0;
    const store = retrying(partial({
      async *list() {
        turns += 1;
        for (let index = 0; index < turns; index += 1) yield { key: String(index).padStart(6, '0'), size: 1, tag: 't' };
        throw broken();
      },
    }), policy);
    await assert.rejects(async () => { for await (const info of store.list('')) assert.ok(info); }, (error) => CoralError.is(error, 'network'));
    assert.equal(turns, policy.tries);
  });

  it('gets a listing through that moves on by a page before it breaks', async () => {
    let turns = 0;
    const store = retrying(partial({
      async *list() {
        turns += 1;
        for (let index = 0; index < Math.min(turns * 1000, 20_000); index += 1) yield { key: String(index).padStart(6, '0'), size: 1, tag: 't' };
        if (turns < 20) throw broken();
      },
    }), policy);
    let keys = 0;
    for await (const info of store.list('')) keys += info.size;
    assert.deepEqual([keys, turns], [20_000, 20]);
  });

  it('does not wait for a server that asks for an absurd time, nor for one that asks for less than none', async () => {
    const asking = (retryAfter: number): ObjectStore => retrying(partial({ head: () => { calls += 1; return Promise.reject(new TransientError('network', 'busy', { retryAfter })); } }), policy);
    let calls = 0;
    await assert.rejects(asking(1e12).head('key'));
    assert.equal(calls, 1);
    await assert.rejects(asking(-5).head('key'));
    assert.equal(calls, 1 + policy.tries);
  });

  it('stops waiting at once when it is cancelled', async () => {
    const store = retrying(partial({ head: () => Promise.reject(new TransientError('network', 'busy', { retryAfter: 50_000 })) }), { ...policy, maxRetryAfter: 60_000 });
    const stop = new AbortController();
    const asked = store.head('key', stop.signal);
    setImmediate(() => stop.abort());
    await assert.rejects(asked, (error) => CoralError.is(error, 'cancelled'));
  });
});
