import assert from 'node:assert/strict';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { ByteReader } from '../../../src/core/weights/byteReader';
import { deflatePays, gunzipped, inflatedRaw } from '../../../src/core/weights/deflate';
import { chunked, collect, noise, pseudoRandom } from './streams';

const data = Buffer.from(noise(5000));
const gunzip = async (bytes: Uint8Array, ...sizes: number[]): Promise<Buffer> => collect(gunzipped(chunked(bytes, ...sizes)));
const corrupt = (pattern: RegExp) => (error: unknown): boolean => CoralError.is(error, 'corrupt') && pattern.test(error.message);

describe('gunzipped', () => {
  it('gives what was compressed, of several members, with zeros between and after them, whatever the chunks are', async () => {
    const members = [gzipSync(data), gzipSync(Buffer.from('second')), gzipSync(Buffer.alloc(0)), gzipSync(Buffer.from('last'))];
    const expected = Buffer.concat([data, Buffer.from('secondlast')]);
    const zeros = Buffer.alloc(17);
    const random = pseudoRandom(5);
    for (const bytes of [Buffer.concat(members), Buffer.concat([...members, zeros]), Buffer.concat(members.flatMap((member) => [member, zeros]))]) {
      for (let round = 0; round < 50; round += 1) assert.deepEqual(await gunzip(bytes, 1 + random(30), 1 + random(3000), 1), expected);
      assert.deepEqual(await gunzip(bytes, 1), expected);
    }
  });

  it('refuses data that is cut off, at every byte', async () => {
    const bytes = gzipSync(data.subarray(0, 100));
    for (let length = 0; length < bytes.byteLength; length += 1) {
      await assert.rejects(gunzip(bytes.subarray(0, length), 10), corrupt(length < 2 ? /should be gzip/ : /ends within gzip data/), `cut to ${length}`);
    }
  });

  it('refuses a wrong checksum or length, and garbage after the end', async () => {
    const bytes = gzipSync(data);
    for (const at of [bytes.byteLength - 1, bytes.byteLength - 5, 1000]) {
      const wrong = Buffer.from(bytes);
      wrong[at]! ^= 1;
      await assert.rejects(gunzip(wrong, 100), corrupt(/cannot be inflated/), `byte ${at}`);
    }
    await assert.rejects(gunzip(Buffer.concat([bytes, Buffer.from('garbage')]), 100), corrupt(/cannot be inflated/));
    await assert.rejects(gunzip(Buffer.concat([bytes, Buffer.alloc(9), Buffer.from('garbage')]), 100), corrupt(/cannot be inflated/));
  });

  it('says what it found instead of gzip data', async () => {
    await assert.rejects(gunzip(Buffer.from('PK\x03\x04...'), 3), corrupt(/should be gzip data, but it is a zip file/));
    await assert.rejects(gunzip(Buffer.alloc(0)), corrupt(/it is empty/));
  });

  it('takes no more from its source than its reader needs', async () => {
    const bytes = gzipSync(Buffer.alloc(50 << 20));
    let given = 0;
    let closed = false;
    const source = async function* (): AsyncGenerator<Uint8Array, void> {
      try {
        for await (const part of chunked(bytes, 256)) {
          given += part.byteLength;
          yield part;
        }
      } finally {
        closed = true;
      }
    };
    for await (const part of gunzipped(source())) if (part.byteLength > 0) break;
    await new Promise((resolve) => { setImmediate(resolve); });
    assert.ok(closed);
    assert.ok(given < 4096, `${given} bytes were taken`);
  });
});

describe('inflatedRaw', () => {
  // More than one block, because only then is the inflater still there when the bytes after its data come (it hung on Node 24.19).
  const large = Buffer.from(noise(300_000).map((byte) => byte & 3));

  it('ends where its data ends and leaves what follows to be read, whatever the chunks are', async () => {
    const compressed = deflateRawSync(large);
    const after = Buffer.from(noise(200_000, 3));
    for (const sizes of [[compressed.byteLength], [compressed.byteLength + 1], [compressed.byteLength - 1], [1 << 16], [1000, 1], [1 << 20]]) {
      const reader = new ByteReader(chunked(Buffer.concat([compressed, after]), ...sizes));
      assert.deepEqual(await collect(inflatedRaw(reader)), large, `in chunks of ${sizes.join()}`);
      assert.deepEqual(Buffer.from(await reader.exactly(after.byteLength, 'the rest')), after, `in chunks of ${sizes.join()}`);
      assert.equal(await reader.some(), undefined);
    }
  });

  it('refuses data that is cut off after its first block', async () => {
    const cut = deflateRawSync(large).subarray(0, -10);
    await assert.rejects(collect(inflatedRaw(new ByteReader(chunked(cut, 1 << 14)))), corrupt(/ends within deflate data/));
  });
});

describe('deflatePays', () => {
  const floats = (count: number, value: (random: (below: number) => number, index: number) => number): Uint8Array => {
    const random = pseudoRandom(9);
    return new Uint8Array(Float32Array.from({ length: count }, (_, index) => value(random, index)).buffer);
  };
  /** Sums of uniform numbers: about normal, like trained weights. */
  const normal = (random: (below: number) => number): number => Array.from({ length: 12 }, () => random(1 << 24) / (1 << 24)).reduce((sum, x) => sum + x, -6) * 0.02;

  it('does not for trained floats, noise, or nothing', () => {
    assert.equal(deflatePays(floats(65_536, normal)), false);
    assert.equal(deflatePays(noise(100_000)), false);
    assert.equal(deflatePays(new Uint8Array(0)), false);
    assert.equal(deflatePays(noise(4)), false);
  });

  it('does for zeros, masks, pruned weights and bfloat16 numbers kept as float32', () => {
    assert.equal(deflatePays(new Uint8Array(100_000)), true);
    assert.equal(deflatePays(noise(100_000).map((byte) => byte & 1)), true);
    assert.equal(deflatePays(floats(65_536, (random) => (random(2) === 0 ? 0 : normal(random)))), true);
    const rounded = floats(65_536, normal).map((byte, index) => (index % 4 < 2 ? 0 : byte));
    assert.equal(deflatePays(rounded), true);
  });
});
