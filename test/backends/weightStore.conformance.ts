import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { CoralError } from '../../src/core/base/errors';
import type { WeightStore } from '../../src/core/storage/weightStore';
import { contentHash } from '../../src/core/weights/contentHash';
import { type ByteOrder, itemSize } from '../../src/core/weights/dtype';
import { slices } from '../../src/core/weights/blocks';
import { elementCount, Weight, type WeightMetadata } from '../../src/core/weights/weight';

export interface StorePlace<Store> {
  /** The store of this place, which is empty at first; opened again it holds what was written. */
  open(): Promise<Store>;
  /** Ends it and takes away what it left. */
  remove(): Promise<void>;
}

const dtypes = [
  'bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64',
  'float16', 'float32', 'float64', 'float128', 'complex64', 'complex128',
];
const shapes = [[], [0], [0, 3], [1], [7], [2, 3], [2, 1, 3, 2, 2]];

/** What every WeightStore must do. `start` gives undefined where it cannot run, and `missing` says what is not there. */
export function weightStoreConformance(name: string, missing: string, start: () => Promise<(() => Promise<StorePlace<WeightStore>>) | undefined>): void {
  describe(`${name} as a WeightStore`, function () {
    this.timeout(120_000);
    let newPlace: () => Promise<StorePlace<WeightStore>>;
    let place: StorePlace<WeightStore>;
    let store: WeightStore;

    before(async function () {
      const started = await start();
      if (!started) {
        console.log(`    skipped: no ${missing}`);
        this.skip();
      }
      newPlace = started;
    });
    beforeEach(async () => {
      place = await newPlace();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const reopen = async (): Promise<void> => {
      await store.close();
      store = await place.open();
    };

    it('keeps every dtype, byte order and shape, byte for byte', async () => {
      const weights = dtypes.flatMap((dtype) => shapes.map((shape) => random(`${dtype} ${shape.join('x')}`, dtype, shape)));
      const big = dtypes.filter((dtype) => itemSize(dtype) > 1 && dtype !== 'float128').map((dtype) => random(`big ${dtype}`, dtype, [2, 3], 'big'));
      const all = unique(await Promise.all([...weights, ...big]));
      await Promise.all(all.map((weight) => store.write(weight)));
      await reopen();
      assert.deepEqual(await store.list(), all.map(({ metadata }) => metadata.hash).sort());
      await Promise.all(all.map((weight) => assertSame(store, weight)));
    });

    it('keeps names, layer types, model names and compression info', async () => {
      const cases: Partial<WeightMetadata>[] = [
        { name: 'encoder.layers.11.attention.weight', layerType: 'Linear', modelName: 'bert' },
        { name: 'Gewicht ünïcödé 重み 🪸', modelName: 'm/ö' },
        { name: '' },
        { name: 'a "quoted"\n\\name/../x', compressionInfo: { ratio: 0.5, nested: { list: [1, null, 'x'] } } },
        { name: 'x'.repeat(5000) },
      ];
      for (const [index, extra] of cases.entries()) {
        const weight = Weight.from({ name: '', shape: [1], dtype: 'int32', ...extra }, Buffer.of(index, 1, 2, 3));
        await store.write(weight);
        assert.deepEqual(plain(await store.metadata(weight.metadata.hash)), plain(weight.metadata));
        assert.deepEqual(plain((await store.read(weight.metadata.hash))?.metadata), plain(weight.metadata));
      }
    });

    it('refuses names that Python could not read', async () => {
      for (const name of ['nul\0nul', 'half \ud800']) {
        const weight = Weight.from({ name, shape: [1], dtype: 'uint8' }, Buffer.of(1));
        await assert.rejects(store.write(weight), reason('invalid'));
        assert.deepEqual(await store.list(), []);
      }
    });

    it('answers undefined for what is not there, which a text that is no hash never is', async () => {
      for (const absent of ['0123456789abcdef', '', '../../evil', 'ABCDEF0123456789', '0123']) {
        assert.equal(await store.has(absent), false);
        assert.equal(await store.metadata(absent), undefined);
        assert.equal(await store.read(absent), undefined);
      }
      assert.deepEqual(await store.list(), []);
      assert.equal((await store.info()).weights, 0);
    });

    it('keeps a tensor of 20 MiB, in blocks of at most 8 MiB', async () => {
      const weight = await random('large', 'float32', [5, 1024, 1024]);
      await store.write(weight);
      await reopen();
      await assertSame(store, weight);
      const info = await store.info();
      assert.equal(info.weights, 1);
      assert.ok(info.storedBytes === undefined || info.storedBytes > 18_000_000, String(info.storedBytes));
    });

    it('refuses bytes that do not match their hash, and shows nothing of them', async () => {
      for (const size of [16, 20 * 1024 * 1024]) {
        const good = await random('damaged', 'uint8', [size]);
        const bytes = Buffer.from(await bytesOf(good));
        for (const [what, data] of [['changed', flipped(bytes)], ['short', bytes.subarray(1)], ['long', Buffer.concat([bytes, Buffer.of(0)])]] as const) {
          const bad = new Weight(good.metadata, 'little', () => stream(data));
          await assert.rejects(store.write(bad), reason('corrupt', good.metadata.hash), what);
          assert.equal(await store.has(good.metadata.hash), false, what);
          assert.deepEqual(await store.list(), [], what);
        }
        await store.write(good);
        await assertSame(store, good);
        await assert.rejects(store.write(new Weight(good.metadata, 'little', () => stream(flipped(bytes))), { force: true }), reason('corrupt'));
        await assertSame(store, good);
        await reopenEmpty();
      }
    });

    const reopenEmpty = async (): Promise<void> => {
      await store.close();
      await place.remove();
      place = await newPlace();
      store = await place.open();
    };

    it('shows nothing of a write whose source fails or that is cancelled, and works on', async () => {
      for (const size of [1000, 20 * 1024 * 1024]) {
        const weight = await random('interrupted', 'uint8', [size]);
        const bytes = await bytesOf(weight);
        const failing = new Weight(weight.metadata, 'little', async function* () {
          yield* stream(bytes.subarray(0, size / 2));
          throw new CoralError('missing', 'the source went away');
        });
        await assert.rejects(store.write(failing), reason('missing', weight.metadata.hash));
        const stop = new AbortController();
        const cancelled = new Weight(weight.metadata, 'little', async function* () {
          yield* stream(bytes.subarray(0, size / 2));
          stop.abort();
          yield* stream(bytes.subarray(size / 2));
        });
        await assert.rejects(store.write(cancelled, { signal: stop.signal }), reason('cancelled'));
        assert.equal(await store.has(weight.metadata.hash), false);
      }
      const after = await random('after', 'float32', [3]);
      await store.write(after);
      assert.deepEqual(await store.list(), [after.metadata.hash]);
    });

    it('writes again what is there, with and without force', async () => {
      const weight = await random('again', 'float64', [4]);
      await store.write(weight);
      await store.write(weight);
      await store.write(weight, { force: true });
      await reopen();
      assert.deepEqual(await store.list(), [weight.metadata.hash]);
      await assertSame(store, weight);
    });

    it('takes many writes and reads at once', async () => {
      const weights = unique(await Promise.all(Array.from({ length: 60 }, (_, index) => random(`w${index}`, 'float32', [1 + (index % 7), 100]))));
      await Promise.all(weights.map((weight) => store.write(weight)));
      assert.deepEqual(await store.list(), weights.map(({ metadata }) => metadata.hash).sort());
      await Promise.all(weights.map((weight) => assertSame(store, weight)));
    });

    it('gives the blocks of one weight more than once', async () => {
      const weight = await random('twice', 'int16', [300]);
      await store.write(weight);
      const found = await store.read(weight.metadata.hash);
      assert.deepEqual(await bytesOf(found!), await bytesOf(weight));
      assert.deepEqual(await bytesOf(found!), await bytesOf(weight));
    });

    it('can be left in the middle of a weight', async () => {
      const weight = await random('left', 'uint8', [20 * 1024 * 1024]);
      await store.write(weight);
      const found = await store.read(weight.metadata.hash);
      for await (const block of found!.blocks()) if (block.byteLength > 0) break;
      await assertSame(store, weight);
    });

    it('ends with "cancelled" when a read is cancelled', async () => {
      const weight = await random('stopped', 'uint8', [20 * 1024 * 1024]);
      await store.write(weight);
      await assert.rejects(store.list(AbortSignal.abort()), reason('cancelled'));
      await assert.rejects(store.read(weight.metadata.hash, AbortSignal.abort()), reason('cancelled'));
      const stop = new AbortController();
      const found = await store.read(weight.metadata.hash);
      await assert.rejects(async () => {
        for await (const block of found!.blocks(stop.signal)) if (block.byteLength > 0) stop.abort();
      }, reason('cancelled'));
    });
  });
}

export async function random(name: string, dtype: string, shape: readonly number[], byteOrder: ByteOrder = 'little'): Promise<Weight> {
  const bytes = randomBytes(elementCount(shape) * itemSize(dtype));
  if (dtype === 'bool') bytes.forEach((byte, index) => { bytes[index] = byte & 1; });
  // An x86 long double has 80 bits; the other 48 are not kept by everything that copies one.
  if (dtype === 'float128') for (let start = 0; start < bytes.length; start += 16) bytes.fill(0, start + 10, start + 16);
  const hash = await contentHash(shape, dtype, [bytes]);
  return new Weight({ name, dtype, shape, compressionInfo: {}, hash }, byteOrder, () => stream(bytes));
}

export async function bytesOf(weight: Weight, signal?: AbortSignal): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of weight.blocks(signal)) {
    assert.ok(block.byteLength <= 8 * 1024 * 1024, `a block of ${block.byteLength} bytes`);
    blocks.push(Buffer.from(block));
  }
  return Buffer.concat(blocks);
}

export const reason = (expected: string, hash?: string) => (error: unknown): boolean => {
  assert.ok(CoralError.is(error), `no CoralError: ${error instanceof Error ? error.stack : String(error)}`);
  assert.equal(error.reason, expected, error.message);
  if (hash !== undefined) assert.equal(error.hash, hash);
  return true;
};

async function assertSame(store: WeightStore, weight: Weight): Promise<void> {
  const { hash, name } = weight.metadata;
  assert.equal(await store.has(hash), true, name);
  assert.deepEqual(plain(await store.metadata(hash)), plain(weight.metadata));
  const found = await store.read(hash);
  assert.ok(found, name);
  assert.deepEqual(plain(found.metadata), plain(weight.metadata));
  assert.equal(found.byteOrder, itemSize(weight.metadata.dtype) > 1 ? weight.byteOrder : found.byteOrder, name);
  assert.equal(found.byteLength, weight.byteLength);
  assert.equal(digest(await bytesOf(found)), digest(await bytesOf(weight)), name);
}

/** Without the keys whose value is undefined. */
const plain = (metadata: WeightMetadata | undefined): unknown => metadata && JSON.parse(JSON.stringify(metadata));

/** The hash does not know the name, so that two empty tensors of one dtype are the same weight. */
const unique = (weights: Weight[]): Weight[] => [...new Map(weights.map((weight) => [weight.metadata.hash, weight])).values()];

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function flipped(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 3]! ^= 0x10;
  return copy;
}

async function* stream(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield* slices(bytes);
}
