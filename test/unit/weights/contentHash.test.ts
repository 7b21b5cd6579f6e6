import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { ContentHasher, contentHash, contentHashSync, verified } from '../../../src/core/weights/contentHash';
import { Weight } from '../../../src/core/weights/weight';
import { chunked, collect, noise } from './streams';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');
const float32 = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.of(...values).buffer);

/** The worked examples of the format: shape, dtype, bytes, the hash that the Python tool gave. */
const examples: [number[], string, Uint8Array, string][] = [
  [[3], 'float32', hex('0000803f 00000040 00004040'), '7fd46bae6a74f6ec'],
  [[3], 'float32', hex('3f800000 40000000 40400000'), 'a3e3ecc7ac1a7363'],
  [[2, 3], 'float32', float32(0, 1, 2, 3, 4, 5), 'ed206ebfbaa3b7a6'],
  [[2, 3], 'float32', float32(0, 2, 4, 6, 8, 10), 'e14aaf6cedd88ab8'],
  [[], 'float32', hex('0000c03f'), 'cb016d63219df81a'],
  [[1], 'float32', hex('0000c03f'), '2ee6a311a7dfc8b7'],
  [[0], 'float32', hex(''), '35bab54d7c5cc84b'],
  [[0, 3], 'float32', hex(''), 'aa1384be28c2a1ea'],
  [[3], 'bool', hex('010001'), 'afd226f3879fe19a'],
  [[3], 'int8', hex('010203'), 'c4ffda371c5ce41b'],
  [[3], 'uint8', hex('010203'), 'f3564785fed2a23d'],
  [[3], 'int16', hex('010002000300'), 'a0fc0ac15cd1c0e2'],
  [[3], 'int16', hex('000100020003'), '2d01edeaf6955424'],
  [[3], 'uint16', hex('010002000300'), 'e6e4c6e07bab9030'],
  [[3], 'int32', hex('01000000 02000000 03000000'), '17baf529d1154794'],
  [[3], 'uint32', hex('01000000 02000000 03000000'), '65a6791e8d06dbed'],
  [[3], 'int64', new Uint8Array(BigInt64Array.of(1n, 2n, 3n).buffer), '763d2d72d0a0addc'],
  [[3], 'uint64', new Uint8Array(BigInt64Array.of(1n, 2n, 3n).buffer), '9dfdd45c33ec6345'],
  [[3], 'float16', hex('003c00400042'), '96da9481afd55d7f'],
  [[3], 'float64', new Uint8Array(Float64Array.of(1, 2, 3).buffer), 'b2c11da9d85bf4a3'],
  [[3], 'float64', hex('3ff0000000000000 4000000000000000 4008000000000000'), '4bfb34aca715fae8'],
  [[3], 'complex64', float32(1, 0, 2, 0, 3, 0), 'f9ff31c471e19198'],
  [[3], 'complex128', new Uint8Array(Float64Array.of(1, 0, 2, 0, 3, 0).buffer), 'f0d46efd16dee714'],
];

describe('contentHash', () => {
  for (const [shape, dtype, data, hash] of examples) {
    it(`of ${dtype} (${shape.join(', ')}) is ${hash}`, async () => {
      assert.equal(await contentHash(shape, dtype, [data]), hash);
      assert.equal(await contentHash(shape, dtype, chunked(data, 1, 5)), hash);
      assert.equal(contentHashSync(shape, dtype, data), hash);
    });
  }

  it('does not mix up hashers that work at the same time', async () => {
    const data = noise(100_000);
    const alone = await contentHash([100_000], 'uint8', [data]);
    const together = await Promise.all([1, 7, 64, 1000].map(async (size) => contentHash([100_000], 'uint8', chunked(data, size))));
    assert.deepEqual(together, [alone, alone, alone, alone]);
  });

  it('gives a digest once', async () => {
    const hasher = await ContentHasher.create([0], 'float32');
    assert.equal(hasher.digest(), '35bab54d7c5cc84b');
    assert.throws(() => hasher.digest(), /already/);
    assert.throws(() => hasher.update(new Uint8Array(1)), /already/);
  });
});

describe('verified', () => {
  const data = noise(4000);
  const { metadata } = Weight.from({ name: 'layer.bias', shape: [1000], dtype: 'float32' }, data);
  const refuses = async (bytes: Uint8Array, pattern: RegExp): Promise<void> => {
    await assert.rejects(collect(verified(metadata, () => chunked(bytes, 700))()), (error) => {
      assert.ok(CoralError.is(error, 'corrupt'));
      assert.equal(error.hash, metadata.hash);
      assert.match(error.message, /"layer\.bias"/);
      assert.match(error.message, new RegExp(metadata.hash));
      assert.match(error.message, pattern);
      return true;
    });
  };

  it('passes the right bytes, as often as they are asked for', async () => {
    const source = verified(metadata, () => chunked(data, 700));
    assert.deepEqual(await collect(source()), Buffer.from(data));
    assert.deepEqual(await collect(source()), Buffer.from(data));
  });

  it('refuses one wrong bit', async () => {
    const wrong = Uint8Array.from(data);
    wrong[3999]! ^= 1;
    await refuses(wrong, /hashes to [0-9a-f]{16}/);
  });

  it('refuses too few and too many bytes', async () => {
    await refuses(data.subarray(0, 3999), /3999 of 4000 bytes/);
    await refuses(new Uint8Array(0), /0 of 4000 bytes/);
    await refuses(Buffer.concat([data, Buffer.alloc(1)]), /more than the 4000 bytes/);
  });
});
