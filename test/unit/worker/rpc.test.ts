import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import type { Message } from '../../../src/worker/protocol';
import { Connection, serve } from '../../../src/worker/rpc';

type Api = { double: (request: number) => Promise<number>; slow: (request: number) => Promise<number>; unknown: (request: null) => Promise<null> };

function connect(): { connection: Connection<Api>; sent: Message[]; close: () => void } {
  const { port1, port2 } = new MessageChannel();
  const sent: Message[] = [];
  serve(port2, {
    double: (request: number) => Promise.resolve(2 * request),
    slow: (request: number, { signal }) => new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => resolve(request), 200);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
  });
  const port = { postMessage: (message: Message) => { sent.push(message); port1.postMessage(message); }, on: port1.on.bind(port1) };
  return { connection: new Connection<Api>(port), sent, close: () => port1.close() };
}

describe('rpc', () => {
  it('keeps the answers of calls apart', async () => {
    const { connection, close } = connect();
    assert.deepEqual(await Promise.all([connection.call('slow', 1), connection.call('double', 2), connection.call('double', 3)]), [1, 4, 6]);
    close();
  });

  it('refuses a method that it does not have, also those of every object', async () => {
    const { connection, close } = connect();
    await assert.rejects(connection.call('unknown', null), (error) => CoralError.is(error, 'unsupported'));
    await assert.rejects(connection.call('toString' as 'unknown', null), (error) => CoralError.is(error, 'unsupported'));
    close();
  });

  it('cancels one call and no other', async () => {
    const { connection, close } = connect();
    const controller = new AbortController();
    const cancelled = connection.call('slow', 1, { signal: controller.signal });
    const other = connection.call('slow', 2);
    controller.abort();
    await assert.rejects(cancelled, (error) => CoralError.is(error, 'cancelled'));
    assert.equal(await other, 2);
    close();
  });

  it('sends no cancellation for a call that has ended', async () => {
    const { connection, sent, close } = connect();
    const controller = new AbortController();
    await connection.call('double', 1, { signal: controller.signal });
    controller.abort();
    assert.deepEqual(sent.map(({ kind }) => kind), ['call']);
    close();
  });

  it('rejects every call with the reason it was closed for', async () => {
    const { connection, close } = connect();
    const call = connection.call('slow', 1);
    const reason = new CoralError('invalid', 'The worker is gone.');
    connection.close(reason);
    await assert.rejects(call, reason);
    await assert.rejects(connection.call('double', 1), reason);
    close();
  });
});
