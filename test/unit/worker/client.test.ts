import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import type { Progress } from '../../../src/core/transfer/progress';
import { CoralClient } from '../../../src/worker/client';
import { unchecked } from '../../samples/unchecked';

const target = { root: '/somewhere', remote: 'origin', ...unchecked };

describe('CoralClient', () => {
  let started = 0;
  let client = newClient();
  afterEach(() => {
    client.dispose();
    client = newClient();
  });

  function newClient(patience?: number): CoralClient {
    started = 0;
    return new CoralClient(() => {
      started += 1;
      return new Worker(new URL('./tinyWorker.mjs', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 32 } });
    }, { concurrency: 7 }, undefined, patience);
  }

  const answer = async () => (await client.call('readUrl', { url: '' })).backend;
  const failure = async (promise: Promise<unknown>): Promise<CoralError> => {
    const error = await promise.then(() => assert.fail('it should have failed'), (reason: unknown) => reason);
    assert.ok(CoralError.is(error), String(error));
    return error;
  };

  it('starts no thread before the first call, and one for all calls', async () => {
    assert.equal(client.isRunning, false);
    await client.configure({ concurrency: 7 });
    assert.equal(started, 0);
    assert.deepEqual(await Promise.all([answer(), answer()]), ['7', '7']);
    assert.equal(started, 1);
  });

  it('hands changed settings to the running thread', async () => {
    await answer();
    await client.configure({ concurrency: 3 });
    assert.equal(await answer(), '3');
    assert.equal(started, 1);
  });

  it('brings errors over whole', async () => {
    const error = await failure(client.call('info', target));
    assert.deepEqual([error.reason, error.message, error.remote, error.hash], ['denied', 'No.', 'origin', '9f3a61c2d1e0b7a8']);
  });

  it('makes a CoralError of any other, with the stack of where it was thrown', async () => {
    const error = await failure(client.call('status', target));
    assert.equal(error.reason, 'invalid');
    assert.match(error.message, /x is not a function/);
    assert.match(error.stack ?? '', /tinyWorker/);
  });

  it('passes on at most five reports of progress a second', async () => {
    const seen: Progress[] = [];
    const reports = await client.call('push', target, { onProgress: (progress) => seen.push(progress) }) as unknown as number;
    assert.ok(reports > 100, `the worker reported only ${reports} times`);
    assert.ok(seen.length >= 3 && seen.length <= 6, `${seen.length} reports came through`);
    assert.ok(seen.every(({ weightsDone }, index) => index === 0 || weightsDone > (seen[index - 1]?.weightsDone ?? 0)));
  });

  it('cancels a call that is under way', async () => {
    const controller = new AbortController();
    const call = client.call('push', target, { signal: controller.signal, onProgress: () => controller.abort() });
    const begun = Date.now();
    assert.equal((await failure(call)).reason, 'cancelled');
    assert.ok(Date.now() - begun < 900, 'it went on to its end');
    assert.equal(await answer(), '7');
  });

  it('does not begin a call whose signal is aborted already', async () => {
    assert.equal((await failure(client.call('push', target, { signal: AbortSignal.abort() }))).reason, 'cancelled');
  });

  it('says so when the thread dies, and starts another with the same settings', async () => {
    const waiting = client.call('repository', target);
    const dying = client.call('pull', target);
    assert.match((await failure(dying)).message, /worker failed \(out of order\).*Run the command again/);
    assert.match((await failure(waiting)).message, /worker failed/);
    assert.equal(client.isRunning, false);
    assert.equal(await answer(), '7');
    assert.equal(started, 2);
  });

  it('outlives a thread that runs out of memory', async () => {
    assert.match((await failure(client.call('sync', target))).message, /ran out of memory/);
    assert.equal(await answer(), '7');
  }).timeout(20_000);

  it('still gets the answer of a call after which the worker ends itself', async () => {
    const waiting = client.call('repository', target);
    assert.equal((await failure(client.call('removeRemote', target))).message, 'fatal');
    assert.match((await failure(waiting)).message, /ended with code 3/);
    assert.equal(await answer(), '7');
  });

  it('rejects calls under way, and later ones, once it is disposed of', async () => {
    const waiting = client.call('repository', target);
    client.dispose();
    assert.equal((await failure(waiting)).reason, 'cancelled');
    assert.equal((await failure(answer())).reason, 'cancelled');
    assert.equal(started, 1);
  });

  it('reports a request that cannot be sent, and goes on', async () => {
    const request = { root: () => undefined } as unknown as { root: string };
    await assert.rejects(client.call('repository', request), /could not be cloned/);
    assert.equal(await answer(), '7');
  });

  it('ends a thread that is stuck once somebody cancels, and starts another', async () => {
    client.dispose();
    client = newClient(500);
    await answer();
    const [stuck, cancel] = [new AbortController(), new AbortController()];
    const calls = [client.call('createRemote', { ...target, name: 'x', url: 'x' }, { signal: stuck.signal }), client.call('repository', target, { signal: cancel.signal })];
    const failures = Promise.all(calls.map(failure));
    cancel.abort();
    for (const { message } of await failures) assert.match(message, /was stuck and has been ended.* Run the command again/);
    assert.equal(await answer(), '7');
    assert.equal(started, 2);
  });

  it('leaves a thread alone that is only slow to give up', async () => {
    client.dispose();
    client = newClient(500);
    const cancel = new AbortController();
    const never = client.call('repository', target, { signal: cancel.signal });
    cancel.abort();
    await new Promise((resolve) => { setTimeout(resolve, 1_500); });
    assert.equal(await answer(), '7');
    assert.equal(started, 1);
    client.dispose();
    assert.equal((await failure(never)).reason, 'cancelled');
  });
});
