import assert from 'node:assert/strict';
import { createXXHash3 } from 'hash-wasm';
import { describe, it } from 'mocha';
import { xxh3 } from '../../../src/core/weights/xxh3';
import { noise } from './streams';

describe('xxh3', () => {
  it('gives what hash-wasm gives, for every length up to 2,100 and some large ones', async () => {
    const hasher = await createXXHash3();
    const data = noise(3_000_017);
    const lengths = [...Array.from({ length: 2101 }, (_, length) => length), 65_535, 65_536, 65_537, 1_048_576, 1_048_577, 2_999_990];
    for (const length of lengths) {
      const bytes = data.subarray(7, 7 + length);
      assert.equal(xxh3(bytes).toString(16).padStart(16, '0'), hasher.init().update(bytes).digest(), `length ${length}`);
    }
  });

  it('gives what hash-wasm gives for bytes that carry over everywhere', async () => {
    const hasher = await createXXHash3();
    for (const length of [1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1024, 1025, 9999]) {
      for (const byte of [0x00, 0x7f, 0x80, 0xff]) {
        const bytes = new Uint8Array(length).fill(byte);
        assert.equal(xxh3(bytes).toString(16).padStart(16, '0'), hasher.init().update(bytes).digest(), `${length} times ${byte}`);
      }
    }
  });
});
