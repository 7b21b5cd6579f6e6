import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, it } from 'mocha';
import { CoralError, type Reason } from '../../../src/core/base/errors';
import { npyHeader } from '../../../src/core/weights/npy';
import { type NpzArray, readNpz, writeNpz } from '../../../src/core/weights/npz';
import { blockBytes } from '../../../src/core/weights/blocks';
import { chunked, collect, noise, pseudoRandom } from './streams';

const shape = [6, 4];
const data = Buffer.from(noise(96));
const npz = async (deflate: boolean): Promise<Buffer> => collect(writeNpz(shape, 'float32', 'little', [data], { deflate }).bytes);

async function whole(bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<{ array: NpzArray; data: Buffer }> {
  const array = await readNpz(bytes, signal);
  return { array, data: await collect(array.blocks()) };
}

async function refuses(bytes: Uint8Array, pattern: RegExp, reason: Reason = 'corrupt'): Promise<void> {
  await assert.rejects(whole(chunked(bytes, 1000)), (error) => {
    assert.ok(CoralError.is(error, reason), String(error));
    assert.match(error.message, pattern);
    return true;
  });
}

/** A stream that notes whether it was closed. */
function watched(bytes: Uint8Array, size: number): { stream: AsyncIterable<Uint8Array>; state: { closed: boolean; given: number } } {
  const state = { closed: false, given: 0 };
  const stream = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const part of chunked(bytes, size)) {
        state.given += part.byteLength;
        yield part;
      }
    } finally {
      state.closed = true;
    }
  };
  return { stream: stream(), state };
}

const turn = async (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** A zip file of one member by hand, so that it can lie. */
function zip(name: string, content: Uint8Array, fields: { method?: number; flags?: number; crc?: number; size?: number; compressed?: Uint8Array } = {}): Buffer {
  const stored = fields.compressed ?? content;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(fields.flags ?? 0, 6);
  local.writeUInt16LE(fields.method ?? 0, 8);
  local.writeUInt32LE(fields.crc ?? crc32(content), 14);
  local.writeUInt32LE(stored.byteLength, 18);
  local.writeUInt32LE(fields.size ?? content.byteLength, 22);
  local.writeUInt16LE(name.length, 26);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  return Buffer.concat([local, Buffer.from(name), stored, end]);
}
const npy = Buffer.concat([npyHeader(shape, 'float32', 'little'), data]);

for (const deflate of [false, true]) {
  describe(`npz, ${deflate ? 'deflated' : 'stored'}`, () => {
    it('comes back whatever the chunks are', async () => {
      const bytes = await npz(deflate);
      const random = pseudoRandom(3);
      for (let round = 0; round < 150; round += 1) {
        const sizes = round === 0 ? [1] : Array.from({ length: 7 }, () => 1 + random(round));
        const { array, data: found } = await whole(chunked(bytes, ...sizes));
        assert.deepEqual([array.shape, array.dtype, array.byteOrder], [shape, 'float32', 'little']);
        assert.deepEqual(found, data);
      }
    });

    it('is refused when it is cut off, at every byte', async () => {
      const bytes = await npz(deflate);
      for (let length = 0; length < bytes.byteLength; length += 1) {
        await assert.rejects(whole(chunked(bytes.subarray(0, length), 50)), (error) => CoralError.is(error, 'corrupt'), `cut to ${length} bytes`);
      }
    });

    it('gives its bytes or is refused when any byte is changed, and never gives others', async () => {
      const bytes = await npz(deflate);
      for (let at = 0; at < bytes.byteLength; at += 1) {
        const wrong = Buffer.from(bytes);
        wrong[at]! ^= 0xff;
        try {
          const { array, data: found } = await whole(chunked(wrong, 64));
          assert.deepEqual([array.shape, array.dtype, array.byteOrder, found], [shape, 'float32', 'little', data], `byte ${at}`);
        } catch (error) {
          assert.ok(CoralError.is(error, 'corrupt') || CoralError.is(error, 'unsupported'), `byte ${at}: ${String(error)}`);
        }
      }
    });

    it('is the same file for the same weight', async () => {
      assert.deepEqual(await npz(deflate), await npz(deflate));
    });

    it('says when the blocks are not what the shape needs', async () => {
      const write = async (blocks: Uint8Array[]): Promise<Buffer> => collect(writeNpz(shape, 'float32', 'little', blocks, { deflate }).bytes);
      await assert.rejects(write([data.subarray(1)]), (error) => CoralError.is(error, 'corrupt') && /need 96 bytes, and its data has 95/.test(error.message));
      await assert.rejects(write([data, data]), (error) => CoralError.is(error, 'corrupt') && /has more/.test(error.message));
    });

    it('hands on what goes wrong in the stores on both sides', async () => {
      const failing = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
        yield* chunked(bytes, 10);
        throw new CoralError('network', 'The connection broke.');
      };
      await assert.rejects(whole(failing((await npz(deflate)).subarray(0, 220))), (error) => CoralError.is(error, 'network'));
      await assert.rejects(collect(writeNpz(shape, 'float32', 'little', failing(data.subarray(0, 50)), { deflate }).bytes), (error) => CoralError.is(error, 'network'));
    });

    it('closes the source when a reader leaves early, closes, or aborts', async () => {
      const large = await collect(writeNpz([1 << 20], 'uint8', 'little', [noise(1 << 20)], { deflate }).bytes);
      const left = watched(large, 4096);
      for await (const block of (await readNpz(left.stream)).blocks()) if (block.byteLength > 0) break;
      await turn();
      assert.ok(left.state.closed && left.state.given < 400_000, JSON.stringify(left.state));

      const closed = watched(large, 4096);
      (await readNpz(closed.stream)).close();
      await turn();
      assert.ok(closed.state.closed && closed.state.given < 400_000, JSON.stringify(closed.state));

      const abort = new AbortController();
      const aborted = watched(large, 4096);
      const array = await readNpz(aborted.stream, abort.signal);
      abort.abort();
      await assert.rejects(collect(array.blocks()), (error) => CoralError.is(error, 'cancelled'));
      await turn();
      assert.ok(aborted.state.closed);
      assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
    });

    it('closes its blocks when a writer leaves early or aborts', async () => {
      const left = watched(noise(1 << 20), 4096);
      for await (const part of writeNpz([1 << 20], 'uint8', 'little', left.stream, { deflate }).bytes) if (part.byteLength > 1000) break;
      await turn();
      await turn();
      assert.ok(left.state.closed && left.state.given < 1 << 20, JSON.stringify(left.state));

      const abort = new AbortController();
      const aborted = watched(noise(1 << 20), 4096);
      const writing = writeNpz([1 << 20], 'uint8', 'little', aborted.stream, { deflate }, abort.signal).bytes;
      await assert.rejects(async () => { for await (const part of writing) if (part.byteLength > 1000) abort.abort(); }, (error) => CoralError.is(error, 'cancelled'));
      await turn();
      await turn();
      assert.ok(aborted.state.closed && aborted.state.given < 1 << 20);
    });

    it('flows in blocks of at most 8 MiB', async () => {
      const length = 20 << 20;
      const bytes = await collect(writeNpz([length], 'uint8', 'little', [new Uint8Array(length)], { deflate }).bytes);
      let total = 0;
      for await (const block of (await readNpz(chunked(bytes, bytes.byteLength))).blocks()) {
        assert.ok(block.byteLength <= blockBytes);
        total += block.byteLength;
      }
      assert.equal(total, length);
    });
  });
}

describe('what is no npz file of a weight', () => {
  it('says what it is instead', async () => {
    await refuses(Buffer.alloc(0), /it is empty/);
    await refuses(Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>'), /HTML page/);
    await refuses(Buffer.from('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'), /XML document/);
    await refuses(Buffer.from('{"error": "nope"}'), /JSON text/);
    await refuses(gzipSync(await npz(false)), /gzip data/);
    await refuses(npy, /bare npy array/);
    await refuses(Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /HDF5/);
    await refuses(Buffer.from('hello'), /starts with the bytes 68656c6c6f/);
    await refuses(Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]), /no member "data\.npy"/);
    await refuses(zip('weights.npy', npy), /no member "data\.npy", only "weights\.npy"/);
    await refuses(zip('./data.npy', npy), /no member "data\.npy", only "\.\/data\.npy"/);
    await refuses(zip('data.npy', Buffer.from('{"not": "npy"}')), /no npy array; it is JSON/);
  });

  it('is refused when the zip says something else than the array', async () => {
    await whole(chunked(zip('data.npy', npy), 9));
    await refuses(zip('data.npy', npy, { crc: 1 }), /checksum/);
    await refuses(zip('data.npy', npy.subarray(0, -1)), /has 223 bytes, but its header describes 224/);
    await refuses(zip('data.npy', Buffer.concat([npy, Buffer.alloc(1)])), /has 225 bytes, but its header describes 224/);
    await refuses(zip('data.npy', npy, { method: 8, compressed: Buffer.alloc(9, 0xff) }), /cannot be inflated/);
  });

  it('is read with its sizes in the zip64 field, after fields of others, and refused when they are wrong', async () => {
    const zip64 = (size: number): Buffer => {
      const extra = Buffer.alloc(4 + 5 + 4 + 16);
      extra.writeUInt16LE(0x5455, 0);
      extra.writeUInt16LE(5, 2);
      extra.writeUInt16LE(1, 9);
      extra.writeUInt16LE(16, 11);
      extra.writeBigUInt64LE(BigInt(size), 13);
      extra.writeBigUInt64LE(BigInt(npy.byteLength), 21);
      const bytes = zip('data.npy', npy);
      bytes.writeUInt32LE(0xffffffff, 18);
      bytes.writeUInt32LE(0xffffffff, 22);
      bytes.writeUInt16LE(extra.byteLength, 28);
      return Buffer.concat([bytes.subarray(0, 38), extra, bytes.subarray(38)]);
    };
    assert.deepEqual((await whole(chunked(zip64(npy.byteLength), 9))).data, data);
    await refuses(zip64(2 ** 33), /has 8589934592 bytes, but its header describes 224/);
  });

  it('is refused when it is encrypted, or compressed in another way', async () => {
    await refuses(zip('data.npy', npy, { flags: 1 }), /encrypted/, 'unsupported');
    await refuses(zip('data.npy', npy, { method: 12 }), /method 12/, 'unsupported');
    await refuses(zip('data.npy', npy, { method: 14 }), /method 14/, 'unsupported');
  });

  it('inflates no more than the array has', async () => {
    const bomb = Buffer.concat([npy, Buffer.alloc(200 << 20)]);
    const compressed = deflateRawSync(bomb);
    const before = process.memoryUsage().rss;
    await refuses(zip('data.npy', npy, { method: 8, flags: 8, compressed }), /inflates to more than its npy header describes/);
    assert.ok(process.memoryUsage().rss - before < 50 << 20);
  });

  it('refuses an array in Fortran order that is too large to turn round, before it reads it', async () => {
    const header = Buffer.from(npyHeader([1 << 14, 1 << 14], 'float32', 'little'));
    header.write(header.toString('latin1').replace('False, ', 'True,  '), 'latin1');
    const content = { size: header.byteLength + (1 << 30), flags: 0 };
    await refuses(zip('data.npy', header, content), /Fortran order.*ascontiguousarray/, 'unsupported');
  });
});
