import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { CoralError } from '../../src/core/base/errors';
import { agree, type Checksum, crc32cOf, isKnownToHold, md5Of, partsMd5Of } from '../../src/core/storage/objects/checksum';
import { type ByteRange, discard, type ObjectInfo, type ObjectStore } from '../../src/core/storage/objects/objectStore';
import { probeConditions } from '../../src/core/storage/objects/probeConditions';
import { sendObject } from '../../src/core/storage/objects/sendObject';
import { slices } from '../../src/core/weights/blocks';

export interface ObjectStoreServer {
  readonly gaps: ReadonlySet<string>;
  /** A store over an empty bucket of its own, or over one that does not exist. */
  open(bucket: 'empty' | 'none'): Promise<ObjectStore>;
}

/** What every ObjectStore must do. `start` gives undefined where there is no server, and `missing` says what is not there. */
export function objectStoreConformance(name: string, missing: string, start: () => Promise<ObjectStoreServer | undefined>): void {
  describe(`${name} as an ObjectStore`, function () {
    this.timeout(120_000);
    let server: ObjectStoreServer;
    let store: ObjectStore;

    before(`skipped where there is no ${missing}`, async function () {
      const started = await start();
      if (!started) {
        console.log(`    skipped: no ${missing}`);
        this.skip();
      }
      server = started;
    });
    beforeEach(async () => { store = await server.open('empty'); });
    afterEach(() => store.close());

    const needs = (test: Mocha.Context, what: string): void => {
      if (!server.gaps.has(what)) return;
      console.log(`      skipped: this server is known to get ${what} wrong`);
      test.skip();
    };

    it('gives back what was put, with size, metadata and one tag', async () => {
      const bytes = randomBytes(70_000);
      const { tag } = await store.put('a/b.bin', bytes, { contentType: 'application/json', metadata: { compression: 'gzip' } });
      const head = await store.head('a/b.bin');
      assert.equal(head?.size, bytes.length);
      assert.equal(head.tag, tag);
      const kept = store.capabilities.userMetadata ? 'gzip' : undefined;
      assert.equal(head.metadata?.['compression'], kept);
      const got = await store.get('a/b.bin');
      assert.equal(got?.tag, tag);
      assert.equal(got.size, bytes.length);
      assert.equal(got.metadata?.['compression'], kept);
      assert.deepEqual(await all(got.body), bytes);
      assert.notEqual((await store.put('a/b.bin', randomBytes(9))).tag, tag);
    });

    it('says the checksum that it promises of an object written at once', async () => {
      const [bytes, others] = [randomBytes(70_000), randomBytes(70_000)];
      const written = await store.put('sum', bytes);
      const got = await store.get('sum', { start: 0, end: 10 });
      await discard(got!.body);
      const listed: ObjectInfo[] = [];
      for await (const info of store.list('sum')) listed.push(info);
      assert.equal(listed.length, 1);
      for (const said of [written, await store.head('sum'), got, ...listed]) {
        assert.equal(isKnownToHold({ size: bytes.length, ...said }, bytes), store.capabilities.checksum !== 'none');
        assert.equal(isKnownToHold({ size: bytes.length, ...said }, others), false);
      }
    });

    it('says the checksum that it promises of an object sent in parts', async () => {
      const parts = [randomBytes(5 * 1024 * 1024), randomBytes(9)];
      const upload = await store.upload('sums');
      await upload.complete([await upload.part(1, parts[0]!), await upload.part(2, parts[1]!)]);
      const expected: Record<string, Checksum> = {
        md5: { partsMd5: partsMd5Of(parts.map(md5Of)) }, crc32c: { crc32c: crc32cOf(parts[1]!, crc32cOf(parts[0]!)) }, none: {},
      };
      for await (const info of store.list('sums')) {
        assert.equal(agree(info, expected[store.capabilities.checksum]!), store.capabilities.checksum !== 'none');
      }
    });

    it('stores an empty object, also when a range of it is asked for', async () => {
      await store.put('empty', new Uint8Array());
      assert.equal((await store.head('empty'))?.size, 0);
      for (const range of [undefined, { start: 0, end: 100 }]) {
        const got = await store.get('empty', range);
        assert.equal(got?.size, 0);
        assert.deepEqual(await all(got.body), Buffer.alloc(0));
      }
    });

    it('answers undefined for a key that is not there', async () => {
      assert.equal(await store.head('nothing'), undefined);
      assert.equal(await store.get('nothing'), undefined);
      assert.equal(await store.get('nothing', { start: 0, end: 10 }), undefined);
    });

    it('reads ranges, cut at the end of the object', async () => {
      const bytes = randomBytes(5000);
      const { tag } = await store.put('ranged', bytes);
      const ranges: ByteRange[] = [...(server.gaps.has('first-byte') ? [] : [{ start: 0, end: 1 }]), { start: 100, end: 4000 }, { start: 4999, end: 5000 }, { start: 4000, end: 9000 }, { start: 0, end: 9000 }];
      for (const range of ranges) {
        const got = await store.get('ranged', range);
        assert.equal(got?.size, 5000);
        assert.equal(got.tag, tag);
        assert.deepEqual(await all(got.body), bytes.subarray(range.start, range.end));
      }
    });

    it('takes keys with any characters', async () => {
      const keys = ['plain', 'with space', 'plus+and&', 'percent%20', 'ünï/ço/dé', 'quote\'"<>', 'tilde~!*()', ...(server.gaps.has('dots-in-keys') ? [] : ['a/../b'])];
      for (const key of keys) await store.put(key, Buffer.from(key));
      for (const key of keys) assert.equal((await all((await store.get(key))!.body)).toString(), key);
      assert.deepEqual((await keysOf(store, '')).sort(), keys.sort());
      await store.delete(keys);
      assert.deepEqual(await keysOf(store, ''), []);
    });

    it('lists what begins with a prefix, in key order, with sizes and tags', async function () {
      needs(this, 'key-order');
      for (const key of ['p/2', 'p/10', 'p/1', 'p', 'q/1', 'pp']) await store.put(key, Buffer.from(key));
      assert.deepEqual(await keysOf(store, 'p/'), ['p/1', 'p/10', 'p/2']);
      assert.deepEqual(await keysOf(store, 'p'), ['p', 'p/1', 'p/10', 'p/2', 'pp']);
      assert.deepEqual(await keysOf(store, 'x'), []);
      for await (const info of store.list('p/10')) {
        assert.equal(info.size, 4);
        assert.equal(info.tag, (await store.head('p/10'))?.tag);
      }
    });

    it('lists more than one page', async function () {
      needs(this, 'long-listings');
      const expected = Array.from({ length: 1100 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
      for (let start = 0; start < expected.length; start += 50) {
        await Promise.all(expected.slice(start, start + 50).map((key) => store.put(key, Buffer.of(1))));
      }
      assert.deepEqual(await keysOf(store, 'many/'), expected);
      await store.delete(expected);
      assert.deepEqual(await keysOf(store, 'many/'), []);
    });

    it('deletes what is there and what is not', async () => {
      await store.put('one', Buffer.of(1));
      await store.delete(['one', 'never']);
      assert.equal(await store.head('one'), undefined);
      await store.delete([]);
    });

    it('keeps ifAbsent, also among eight writers at once', async function () {
      needs(this, 'conditions');
      const attempts = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => store.put('once', Buffer.of(index), { ifAbsent: true })));
      const winners = attempts.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      assert.equal(winners.length, 1);
      assert.deepEqual(await all((await store.get('once'))!.body), Buffer.of(winners[0]!));
      await assert.rejects(store.put('once', Buffer.of(9), { ifAbsent: true }), reason('conflict'));
    });

    it('keeps ifMatch with tags as head, get, list and put gave them', async function () {
      needs(this, 'conditions');
      const { tag: stale } = await store.put('matched', Buffer.of(1));
      const { tag: second } = await store.put('matched', Buffer.of(2), { ifMatch: stale });
      await assert.rejects(store.put('matched', Buffer.of(3), { ifMatch: stale }), reason('conflict'));
      assert.deepEqual(await all((await store.get('matched'))!.body), Buffer.of(2));
      const got = await store.get('matched');
      await all(got!.body);
      assert.equal(got!.tag, second);
      const { tag: third } = await store.put('matched', Buffer.of(3), { ifMatch: got!.tag });
      assert.equal((await store.head('matched'))?.tag, third);
      for await (const { tag } of store.list('matched')) await store.put('matched', Buffer.of(4), { ifMatch: tag });
    });

    it('has its conditions found out by probeConditions, which leaves nothing behind', async () => {
      const works = !server.gaps.has('conditions');
      assert.deepEqual(await probeConditions(store, 'probe'), { ifAbsent: works, ifMatch: works ? 'quoted' : 'none' });
      assert.deepEqual(await keysOf(store, ''), []);
    });

    it('shows an upload in parts only when it is complete', async () => {
      const parts = [randomBytes(5 * 1024 * 1024), randomBytes(5 * 1024 * 1024), randomBytes(7)];
      const upload = await store.upload('parts', { metadata: { compression: 'none' } });
      const tags = await Promise.all(parts.map((part, index) => upload.part(index + 1, part)));
      assert.equal(await store.head('parts'), undefined);
      await upload.complete(tags);
      const got = await store.get('parts');
      assert.equal(got?.metadata?.['compression'], store.capabilities.userMetadata ? 'none' : undefined);
      assert.equal(digest(await all(got!.body)), digest(Buffer.concat(parts)));
    });

    it('shows nothing of an upload that is given up', async function () {
      needs(this, 'upload-ends');
      const upload = await store.upload('abandoned');
      await upload.part(1, randomBytes(5 * 1024 * 1024));
      await upload.abort();
      assert.equal(await store.head('abandoned'), undefined);
      assert.deepEqual(await keysOf(store, ''), []);
    });

    it('is sent streams of any size by sendObject', async () => {
      for (const size of [0, 1, 8 * 1024 * 1024, 16 * 1024 * 1024, 16 * 1024 * 1024 + 1, 21_000_000]) {
        const bytes = randomBytes(size);
        await sendObject(store, 'streamed', inBlocks(bytes, 3_000_000), { sizeHint: size, metadata: { compression: 'none' } });
        const got = await store.get('streamed');
        assert.equal(got?.size, size);
        assert.equal(digest(await all(got.body)), digest(bytes));
      }
    });

    it('shows nothing of a stream that fails or is cancelled', async () => {
      for (const size of [1000, 30_000_000]) {
        const broken = (async function* () {
          yield* inBlocks(randomBytes(size), 1_000_000);
          throw new CoralError('corrupt', 'broken on purpose');
        })();
        await assert.rejects(sendObject(store, 'broken', broken, { sizeHint: size }), reason('corrupt'));
        const stop = new AbortController();
        const cancelled = (async function* () {
          yield* inBlocks(randomBytes(size), 1_000_000);
          stop.abort();
          yield Buffer.of(1);
        })();
        await assert.rejects(sendObject(store, 'broken', cancelled, { sizeHint: size }, stop.signal), reason('cancelled'));
        assert.equal(await store.head('broken'), undefined);
      }
    });

    it('ends with "cancelled" once its signal is aborted', async () => {
      await store.put('big', randomBytes(10 * 1024 * 1024));
      const signal = AbortSignal.abort();
      const calls: (() => Promise<unknown>)[] = [
        () => store.head('big', signal), () => store.get('big', undefined, signal), () => store.put('x', Buffer.of(1), {}, signal),
        () => store.upload('x', {}, signal), () => store.delete(['x'], signal), () => store.bucketExists(signal), () => keysOf(store, '', signal),
      ];
      for (const call of calls) await assert.rejects(call(), reason('cancelled'), call.toString());
      const stop = new AbortController();
      const got = await store.get('big', undefined, stop.signal);
      await assert.rejects(async () => { for await (const block of got!.body) if (block.length > 0) stop.abort(); }, reason('cancelled'));
    });

    it('frees its connections when a body is left early', async () => {
      await store.put('left', randomBytes(3 * 1024 * 1024));
      for (let turn = 0; turn < 40; turn += 1) {
        const got = await store.get('left');
        for await (const block of got!.body) if (block.length > 0) break;
      }
      assert.equal((await store.head('left'))?.size, 3 * 1024 * 1024);
    });

    it('says that a bucket is missing, and creates it when asked', async () => {
      const absent = await server.open('none');
      assert.equal(await absent.bucketExists(), false);
      await assert.rejects(keysOf(absent, ''), reason('missing'));
      await assert.rejects(absent.put('x', Buffer.of(1)), reason('missing'));
      await assert.rejects(absent.get('x'), reason('missing'));
      assert.equal(await absent.bucketExists(), false);
      await absent.createBucket();
      await absent.createBucket();
      assert.equal(await absent.bucketExists(), true);
      assert.deepEqual(await keysOf(absent, ''), []);
      absent.close();
    });
  });
}

const reason = (expected: string) => (error: unknown): boolean => {
  assert.ok(CoralError.is(error), `no CoralError: ${String(error)}`);
  assert.equal(error.reason, expected, error.message);
  return true;
};

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function all(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of body) blocks.push(block);
  return Buffer.concat(blocks);
}

async function keysOf(store: ObjectStore, prefix: string, signal?: AbortSignal): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix, signal)) keys.push(key);
  return keys;
}

function inBlocks(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  return Readable.from(slices(bytes, size)) as AsyncIterable<Uint8Array>;
}
