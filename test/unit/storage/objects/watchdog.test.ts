import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { connect } from '../../../../src/core/storage/objects/connect';
import type { ObjectStore } from '../../../../src/core/storage/objects/objectStore';
import { fakeKeys, type FakeS3, startFakeS3 } from '../../../samples/fakeS3';

const stallMs = 400;
const retry = { tries: 2, shortTries: 2, firstWait: 1, maxWait: 2 };
const store = (endpointUrl: string): Promise<ObjectStore> => connect({ backend: 's3', bucket: 'bucket', endpointUrl }, { credentials: fakeKeys, retry, stallMs });

/** Two tries of one window each, with room for a busy machine; what goes on without end is still going by then. */
async function givesUp(ask: () => Promise<unknown>, says: RegExp, within = 8000): Promise<void> {
  const began = performance.now();
  const stillGoing = new Promise<string>((resolve) => { setTimeout(resolve, within, 'still going').unref(); });
  const error = await Promise.race([ask().then(() => 'answered', (thrown: unknown) => thrown), stillGoing]);
  assert.ok(CoralError.is(error, 'network'), `${String(error)} after ${performance.now() - began} ms`);
  assert.match(error.message, says);
  assert.doesNotMatch(error.message, /⏎|Deserialization/);
  assert.match(error.message, /try again/);
}

async function lengthOf(body: AsyncIterable<Uint8Array> | undefined, pause?: () => Promise<void>): Promise<number> {
  let length = 0;
  for await (const block of body ?? []) {
    length += block.byteLength;
    await pause?.();
  }
  return length;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

describe('a server that is slow', function () {
  this.timeout(20_000);
  let server: FakeS3;
  let objects: ObjectStore;
  let timers: NodeJS.Timeout[] = [];

  beforeEach(async () => {
    server = await startFakeS3();
    objects = await store(server.endpoint);
  });
  afterEach(async () => {
    timers.forEach(clearInterval);
    timers = [];
    objects.close();
    await server.close();
  });

  /** Sends `bytes` of blanks every so many milliseconds, until `total` were sent. */
  const drip = (response: ServerResponse, ms: number, bytes = 1, total = Infinity): void => {
    let sent = 0;
    const timer = setInterval(() => {
      if (response.destroyed) return clearInterval(timer);
      response.write(Buffer.alloc(bytes, ' '));
      if ((sent += bytes) < total) return;
      clearInterval(timer);
      response.end();
    }, ms);
    timers.push(timer);
  };
  const answering = (status: number, send: (response: ServerResponse) => void, headers: Record<string, string> = { etag: '"x"' }): void => {
    server.intercept = ({ response }) => {
      response.writeHead(status, headers);
      response.flushHeaders();
      send(response);
      return true;
    };
  };
  const listed = async (): Promise<void> => { for await (const { key } of objects.list('p/')) assert.fail(key); };
  const read = async (): Promise<number> => lengthOf((await objects.get('key'))?.body);

  const answers: [string, number, () => Promise<unknown>][] = [
    ['a page of a listing', 200, listed], ['an error', 403, listed], ['an error instead of an object', 403, read], ['an object', 200, read],
    ['the answer to a put', 200, () => objects.put('key', Buffer.from('x'))], ['the answer to a delete', 200, () => objects.delete(['a', 'b'])],
  ];
  for (const [what, status, ask] of answers) {
    it(`is given up when it drips ${what}, though each byte comes in time`, async () => {
      answering(status, (response) => drip(response, 50));
      await givesUp(ask, /only \d+ bytes in 0\.4 s/);
    });
  }

  it('is given up when many objects drip at once', async () => {
    answering(200, (response) => drip(response, 150));
    const all = Array.from({ length: 12 }, () => givesUp(read, /only \d+ bytes in 0\.4 s|No answer/));
    await Promise.all(all);
  });

  it('is waited for as long as a slow link brings an object, in all longer than one window', async () => {
    answering(200, (response) => drip(response, 100, 256, 5120));
    const began = performance.now();
    assert.equal(await read(), 5120);
    assert.ok(performance.now() - began > 3 * stallMs);
    assert.equal(server.log.length, 1);
  });

  it('is not blamed for the time that a reader takes', async () => {
    answering(200, (response) => response.end(Buffer.alloc(200_000)));
    assert.equal(await lengthOf((await objects.get('key'))?.body, () => sleep(stallMs / 4)), 200_000);
    assert.equal(server.log.length, 1);
  });

  it('is given up when it says more bytes than it sends', async () => {
    server.objects.set('key', Buffer.alloc(1_000_000));
    answering(206, (response) => response.write('x'), { 'etag': '"x"', 'content-length': '1000000', 'content-range': 'bytes 0-999999/1000000' });
    await givesUp(read, /only 1 bytes in 0\.4 s|No answer/);
    answering(200, (response) => response.write('x'), { 'content-length': '1000000' });
    await givesUp(listed, /only 1 bytes in 0\.4 s|too slow|No answer/);
  });

  it('may take its time to join the parts of an upload', async () => {
    server.intercept = ({ method, query, response }) => {
      if (method !== 'POST') return false;
      response.writeHead(200);
      if (query.has('uploads')) response.end('<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>');
      else {
        drip(response, 50);
        setTimeout(() => response.end('<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>'), 3 * stallMs);
      }
      return true;
    };
    const upload = await objects.upload('key', { fresh: true });
    const began = performance.now();
    await upload.complete(['"x"']);
    assert.ok(performance.now() - began >= 3 * stallMs - 50);
  });
});

describe('a server that says "100 Continue" for ever', function () {
  this.timeout(40_000);

  it('is given up, whatever was asked', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((request, response) => {
      request.resume();
      const timer = setInterval(() => (response.destroyed ? clearInterval(timer) : response.writeContinue()), 50);
    }).on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const objects = await store(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await givesUp(() => objects.head('key'), /No answer/);
    await givesUp(() => objects.put('key', Buffer.alloc(100_000)), /no answer in 8 s/, 25_000);
    objects.close();
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
});
