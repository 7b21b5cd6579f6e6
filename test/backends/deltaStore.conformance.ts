import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { HDF5Store } from '../../src/core/storage/hdf5/hdf5Store';
import type { DeltaStore } from '../../src/core/storage/deltaStore';
import type { WeightStore } from '../../src/core/storage/weightStore';
import { Delta, type DeltaArray, deltaHash, type DeltaMetadata } from '../../src/core/weights/delta';
import { byteLengthOf } from '../../src/core/weights/dtype';
import { slices } from '../../src/core/weights/blocks';
import { Weight } from '../../src/core/weights/weight';
import { fixturePath, readFixtureJson } from '../unit/support/fixtures';
import { reason, type StorePlace } from './weightStore.conformance';

const reference = '0123456789abcdef';
const fixtures = Object.keys(readFixtureJson('deltas', 'manifest.json') as object).filter((name) => name !== 'pushed');

/** What every DeltaStore must do. `start` gives undefined where it cannot run, and `missing` says what is not there. */
export function deltaStoreConformance(
  name: string, missing: string, start: () => Promise<(() => Promise<StorePlace<WeightStore & DeltaStore>>) | undefined>,
): void {
  describe(`${name} as a DeltaStore`, function () {
    this.timeout(120_000);
    let newPlace: () => Promise<StorePlace<WeightStore & DeltaStore>>;
    let place: StorePlace<WeightStore & DeltaStore>;
    let store: WeightStore & DeltaStore;

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

    it('keeps every delta of the fixtures: attributes letter by letter, array byte for byte', async () => {
      const all: Delta[] = [];
      for (const fixture of fixtures) {
        const source = await HDF5Store.open(fixturePath('deltas', fixture, '.coral', 'objects', 'weights.h5'));
        for (const hash of await source.listDeltas()) all.push(await inMemory((await source.readDelta(hash))!));
        await source.close();
      }
      assert.ok(all.length > 20);
      await Promise.all(all.map((delta) => store.writeDelta(delta)));
      await reopen();
      assert.deepEqual(await store.listDeltas(), all.map(({ metadata }) => metadata.hash).sort());
      for (const delta of all) await assertSame(store, delta);
      assert.deepEqual(await store.list(), []);
    });

    it('keeps odd attributes and arrays', async () => {
      const odd: [Partial<DeltaMetadata>, DeltaArray][] = [
        [{ metadata: '{"scale": NaN, "offset": -Infinity, "ö": "\\u00e9"}' }, { shape: [5], dtype: 'uint8', byteOrder: 'little' }],
        [{ compressionRatio: -3.0000000000000004 }, { shape: [2, 3], dtype: 'int16', byteOrder: 'little' }],
        [{ compressionRatio: Infinity, originalShape: [] }, { shape: [7], dtype: 'uint8', byteOrder: 'little' }],
        [{ compressionRatio: NaN, originalShape: [0, 3] }, { shape: [0, 2], dtype: 'float32', byteOrder: 'little' }],
        [{ deltaType: 'float32_raw' }, { shape: [4, 4], dtype: 'float32', byteOrder: 'little' }],
      ];
      for (const [metadata, array] of odd) {
        const delta = await random(metadata, array);
        await store.writeDelta(delta);
        await reopen();
        await assertSame(store, delta);
      }
    });

    it('keeps a large one', async () => {
      const delta = await random({}, { shape: [20 * 1024 * 1024], dtype: 'uint8', byteOrder: 'little' });
      await store.writeDelta(delta);
      await reopen();
      await assertSame(store, delta);
    });

    it('never overwrites one that has other parameters, not by force either', async () => {
      const delta = await random({ metadata: '{"scale": 0.5}' });
      await store.writeDelta(delta);
      const others: Partial<DeltaMetadata>[] = [{ metadata: '{"scale": 0.25}' }, { originalShape: [50] }, { originalDtype: 'float64' }];
      for (const other of others) {
        const changed = new Delta({ ...delta.metadata, ...other }, delta.array, (signal) => delta.blocks(signal));
        await assert.rejects(store.writeDelta(changed), reason('conflict', delta.metadata.hash));
        await assert.rejects(store.writeDelta(changed, { force: true }), reason('conflict'));
      }
      await store.writeDelta(delta, { force: true });
      await reopen();
      await assertSame(store, delta);
    });

    it('refuses an array that does not match its hash, and shows nothing of it', async () => {
      const delta = await random();
      const bytes = await bytesOf(delta);
      for (const data of [Buffer.concat([bytes, Buffer.of(0)]), bytes.subarray(1), Buffer.from(bytes.map((byte) => byte ^ 1))]) {
        const bad = new Delta(delta.metadata, delta.array, () => stream(data));
        await assert.rejects(store.writeDelta(bad), reason('corrupt', delta.metadata.hash));
        assert.deepEqual(await store.listDeltas(), []);
        assert.equal(await store.readDelta(delta.metadata.hash), undefined);
      }
    });

    it('ends with "cancelled" when a write is cancelled, and works on', async () => {
      const delta = await random();
      await assert.rejects(store.writeDelta(delta, { signal: AbortSignal.abort() }), reason('cancelled'));
      assert.deepEqual(await store.listDeltas(), []);
      await store.writeDelta(delta);
      await store.writeDelta(delta);
      await assertSame(store, delta);
    });

    it('takes weights and deltas at once', async () => {
      const weights = Array.from({ length: 20 }, (_, index) => Weight.from({ name: `w${index}`, shape: [3], dtype: 'uint8' }, Buffer.of(index, 1, 2)));
      const deltas = await Promise.all(Array.from({ length: 20 }, () => random()));
      await Promise.all(weights.map((weight) => store.write(weight)).concat(deltas.map((delta) => store.writeDelta(delta))));
      await reopen();
      assert.deepEqual(await store.list(), weights.map(({ metadata }) => metadata.hash).sort());
      assert.deepEqual(await store.listDeltas(), deltas.map(({ metadata }) => metadata.hash).sort());
      for (const delta of deltas) await assertSame(store, delta);
    });

    it('answers undefined for what is not there', async () => {
      for (const absent of [reference, '', '../../evil', 'ABCDEF0123456789']) {
        assert.equal(await store.deltaMetadata(absent), undefined);
        assert.equal(await store.readDelta(absent), undefined);
      }
      assert.deepEqual(await store.listDeltas(), []);
    });
  });
}

const plainArray: DeltaArray = { shape: [100], dtype: 'uint8', byteOrder: 'little' };

async function random(metadata: Partial<DeltaMetadata> = {}, array = plainArray): Promise<Delta> {
  const deltaType = metadata.deltaType ?? 'compressed';
  const bytes = randomBytes(byteLengthOf(array.shape, array.dtype));
  const hash = await deltaHash(reference, deltaType, [bytes]);
  const all = { hash, deltaType, referenceHash: reference, originalShape: [25], originalDtype: 'float32', metadata: '{}', compressionRatio: 0.5, ...metadata };
  return new Delta(all, array, () => stream(bytes));
}

async function inMemory(delta: Delta): Promise<Delta> {
  const bytes = await bytesOf(delta);
  return new Delta(delta.metadata, delta.array, () => stream(bytes));
}

async function assertSame(store: DeltaStore, delta: Delta): Promise<void> {
  const { hash } = delta.metadata;
  assert.deepEqual(await store.deltaMetadata(hash), delta.metadata);
  const found = await store.readDelta(hash);
  assert.deepEqual(found?.metadata, delta.metadata);
  assert.deepEqual(found.array, delta.array);
  assert.ok((await bytesOf(found)).equals(await bytesOf(delta)), hash);
}

async function bytesOf(delta: Delta): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of delta.blocks()) blocks.push(Buffer.from(block));
  return Buffer.concat(blocks);
}

async function* stream(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield* slices(bytes);
}
