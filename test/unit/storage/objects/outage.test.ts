import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import type { ObjectInfo, ObjectStore } from '../../../../src/core/storage/objects/objectStore';
import { defaultPolicy, retrying } from '../../../../src/core/storage/objects/decorators/retrying';
import { TransientError } from '../../../../src/core/storage/objects/transientError';

const quick = { ...defaultPolicy, firstWait: 2, maxWait: 8 };
const info = (key: string): ObjectInfo => ({ key, size: 1, tag: 't' });

/** A server that answers `head` after a moment, or fails as `fails` says. */
class Server {
  requests = 0;
  fails: (key: string) => TransientError | undefined = () => undefined;

  connect(policy = quick): ObjectStore {
    const head = async (key: string): Promise<ObjectInfo> => {
      this.requests += 1;
      await sleep(1);
      const error = this.fails(key);
      if (error !== undefined) throw error;
      return info(key);
    };
    return retrying({ head } as Partial<ObjectStore> as ObjectStore, policy);
  }
}

const refused = (): TransientError => new TransientError('network', 'connection refused', { patience: 'short' });
const all = (store: ObjectStore, count: number): Promise<PromiseSettledResult<ObjectInfo | undefined>[]> => (
  Promise.allSettled(Array.from({ length: count }, (_, index) => store.head(`key${index}`))));

describe('requests to a server that is gone', () => {
  it('are begun one at a time, no more than are tried for one, and all end with the same error', async () => {
    const server = new Server();
    const store = server.connect();
    await store.head('first');
    server.fails = refused;
    const ended = await all(store, 64);
    assert.ok(server.requests - 1 - 64 < quick.tries, `${server.requests - 1 - 64} more requests`);
    const errors = new Set(ended.map((result) => (result.status === 'rejected' ? result.reason as CoralError : undefined)));
    assert.equal(errors.size, 1);
    assert.deepEqual([...errors].map((error) => [error?.reason, error?.isOutage]), [['network', true]]);
    const before = server.requests;
    server.fails = () => undefined;
    assert.ok(await store.head('later'));
    assert.equal(server.requests - before, 1);
  });

  it('wait on when one is answered that was under way before: that says nothing of what the server does now', async () => {
    let failed = 0;
    const head = async (key: string): Promise<ObjectInfo> => {
      await sleep(key === 'slow' ? 15 : 1);
      if (key === 'slow') return info(key);
      failed += 1;
      throw refused();
    };
    const store = retrying({ head } as Partial<ObjectStore> as ObjectStore, { ...quick, firstWait: 20, maxWait: 20 });
    const slow = store.head('slow');
    const first = store.head('first');
    await sleep(5);
    const [answer, ...others] = await Promise.allSettled([slow, first, all(store, 64)]);
    assert.equal(answer.status, 'fulfilled');
    assert.equal(others.length, 2);
    assert.ok(failed <= quick.tries, `${failed} requests failed`);
  });

  it('give up sooner where it never was there', async () => {
    const server = new Server();
    server.fails = refused;
    await assert.rejects(server.connect().head('key'), (error) => CoralError.is(error, 'network'));
    assert.equal(server.requests, quick.shortTries);
  });

  it('go on when it is back within 5 s', async function () {
    this.timeout(20_000);
    const server = new Server();
    const store = server.connect(defaultPolicy);
    await store.head('first');
    server.fails = refused;
    setTimeout(() => { server.fails = () => undefined; }, 5_000);
    assert.ok((await all(store, 64)).every(({ status }) => status === 'fulfilled'));
    assert.ok(server.requests < 1 + 64 + quick.tries + 64, `${server.requests} requests`);
  });

  it('do not hold up others when only one object fails, which is not the server\'s end', async () => {
    const server = new Server();
    const store = server.connect();
    server.fails = (key) => (key === 'key3' ? new TransientError('network', 'InternalError') : undefined);
    const queue = Array.from({ length: 200 }, (_, index) => `key${index}`).values();
    const failures: CoralError[] = [];
    const worker = async (): Promise<void> => {
      for (const key of queue) await store.head(key).catch((error: unknown) => { failures.push(error as CoralError); });
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    assert.deepEqual(failures.map(({ message, isOutage }) => [message, isOutage]), [['InternalError', undefined]]);
    assert.equal(server.requests, 199 + quick.tries);
  });
});
