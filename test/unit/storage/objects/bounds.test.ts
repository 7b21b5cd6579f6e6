import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { objectHistory } from '../../../../src/core/history/objectRecords';
import { connect } from '../../../../src/core/storage/objects/connect';
import type { ObjectStore } from '../../../../src/core/storage/objects/objectStore';
import { ObjectWeightStore } from '../../../../src/core/storage/objects/weights/objectWeightStore';
import { fakeKeys, type FakeRequest, type FakeS3, listingXml, sendForEver, sendXml, startFakeS3 } from '../../../samples/fakeS3';

const xml = { 'content-type': 'application/xml' };
const body = Buffer.from('x');

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('bounds of what a server sends', function () {
  this.timeout(30_000);
  let server: FakeS3;
  let objects: ObjectStore;

  beforeEach(async () => {
    server = await startFakeS3();
    objects = await connect({ backend: 's3', bucket: 'bucket', endpointUrl: server.endpoint }, { credentials: fakeKeys, retry: { firstWait: 1, maxWait: 2 } });
  });
  afterEach(async () => {
    objects.close();
    await server.close();
  });

  const keys = async (prefix: string): Promise<string[]> => (await all(objects.list(prefix))).map(({ key }) => key);
  const givenUp = (pattern: RegExp) => (error: unknown): boolean => CoralError.is(error, 'invalid') && pattern.test(error.message);
  const pages = (answer: (request: FakeRequest, page: number) => string): void => {
    let page = 0;
    server.intercept = (request) => {
      if (request.kind !== 'LIST') return false;
      sendXml(request.response, 200, answer(request, page += 1));
      return true;
    };
  };

  const endless: [string, (request: FakeRequest, page: number) => string, RegExp][] = [
    ['gives the same token again', () => listingXml([['a', body]], 'SAME'), /repeats itself/],
    ['takes turns with two tokens', ({ query }) => listingXml([[query.get('continuation-token') === 'A' ? 'b' : 'a', body]], query.get('continuation-token') === 'A' ? 'B' : 'A'), /repeats itself/],
    ['gives new tokens for the same keys', (_, page) => listingXml([['a', body]], `T${page}`), /repeats itself/],
    ['gives empty pages for ever', (_, page) => listingXml([], `T${page}`), /100 pages in a row were empty/],
  ];
  for (const [what, answer, says] of endless) {
    it(`gives up a listing that ${what}`, async () => {
      pages(answer);
      await assert.rejects(keys('p/'), givenUp(says));
      assert.ok(server.log.length <= 102, String(server.log.length));
    });
  }

  it('reads a listing of many pages in any order, with empty ones in between', async () => {
    const parts = [['c', 'd'], [], ['a', 'b'], [], [], ['z', 'e']];
    pages((_, page) => listingXml((parts[page - 1] ?? []).map((key) => [key, body]), page < parts.length ? `T${page}` : undefined));
    assert.deepEqual(await keys(''), parts.flat());
  });

  it('ends a listing at once when it is cancelled', async () => {
    pages((_, page) => listingXml([[`k${page}`, body]], `T${page}`));
    const stop = new AbortController();
    const listed = assert.rejects(async () => { for await (const { key } of objects.list('', stop.signal)) if (key === 'k5') stop.abort(); }, (error) => CoralError.is(error, 'cancelled'));
    await listed;
    assert.equal(server.log.length, 5);
  });

  for (const [what, status, ask] of [
    ['a page of a listing', 200, () => keys('p/')], ['an error', 403, () => keys('p/')], ['a redirect', 301, () => keys('p/')],
    ['the answer to a put', 200, () => objects.put('key', body)], ['the answer to a delete', 200, () => objects.delete(['a', 'b'])], ['an error instead of an object', 403, () => objects.get('key')],
  ] as const) {
    it(`reads no more of ${what} than such an answer may have`, async () => {
      let sent = 0;
      server.intercept = ({ response }) => {
        const write = response.write.bind(response) as (chunk: Buffer) => boolean;
        response.write = (chunk: Buffer) => { sent += chunk.byteLength; return write(chunk); };
        response.writeHead(status, xml);
        sendForEver(response, Buffer.alloc(64 * 1024, ' '));
        return true;
      };
      await assert.rejects(ask, givenUp(/more than any S3 server would/));
      // What lies in the buffers of both ends comes on top.
      assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes were sent`);
    });
  }

  it('reads no more of a commit than was listed, and says so', async () => {
    const id = '1'.repeat(32);
    server.objects.set(`p/commits/${id}.json`, Buffer.from('{}'));
    server.intercept = ({ kind, response }) => {
      if (kind !== 'GET') return false;
      response.writeHead(200, { etag: '"x"' });
      sendForEver(response, Buffer.alloc(64 * 1024, ' '));
      return true;
    };
    const { commits } = objectHistory(objects, 'p/');
    assert.deepEqual(await commits.list(), [id]);
    await assert.rejects(commits.read(id), (error) => CoralError.is(error, 'corrupt') && /the server listed it as shorter/.test(error.message));
  });

  it('takes no more than was asked for of a range', async () => {
    server.intercept = ({ kind, response }) => {
      if (kind !== 'GET') return false;
      response.writeHead(206, { etag: '"x"', 'content-range': 'bytes 10-19/1000' });
      sendForEver(response, Buffer.alloc(64 * 1024, 'a'));
      return true;
    };
    const found = await objects.get('key', { start: 10, end: 20 });
    assert.equal(Buffer.concat(await all(found!.body)).toString(), 'aaaaaaaaaa');
  });

  it('unpacks nothing that a server says it has packed', async () => {
    const packed = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    server.intercept = ({ kind, response }) => {
      response.writeHead(200, { etag: '"x"', 'content-encoding': 'gzip', 'content-length': packed.byteLength }).end(packed);
      return kind !== '';
    };
    assert.deepEqual(Buffer.concat(await all((await objects.get('key'))!.body)), packed);
    await assert.rejects(keys('p/'), (error) => CoralError.is(error, 'invalid'));
  });

  for (const size of ['4503599627370496', '-5', 'NaN']) {
    it(`does not believe that an object has ${size} bytes`, async () => {
      const hash = 'a'.repeat(32);
      pages(() => listingXml([[`p/weights/${hash}.npz`, body]]).replace('<Size>1</Size>', `<Size>${size}</Size>`));
      const weights = new ObjectWeightStore(objects, 'p/');
      assert.deepEqual(await weights.list(), [hash]);
      assert.equal(weights.storedBytes(hash), undefined);
      assert.equal((await weights.info()).storedBytes, 0);
    });
  }
});
