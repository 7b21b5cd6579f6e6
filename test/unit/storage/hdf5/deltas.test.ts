import { before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CoralError } from '../../../../src/core/base/errors';
import { HDF5Store } from '../../../../src/core/storage/hdf5/hdf5Store';
import { deltaHash } from '../../../../src/core/weights/delta';
import { copyFixture, fixturePath, missingFolder, readFixtureJson, temporaryFolder } from '../../support/fixtures';
import { missingPython, python } from './python';

interface StoredDelta {
  readonly attrs: { compression_ratio: number; delta_type: string; metadata: string; original_dtype: string; original_shape: number[]; reference_hash: string };
  readonly dtype: string;
  readonly shape: number[];
}

interface Fixture {
  readonly store?: { readonly deltas: Record<string, StoredDelta> };
  readonly entries?: Record<string, { delta_hash: string | null; delta?: { data_sha256: string } }>;
}

const manifest = readFixtureJson('deltas', 'manifest.json') as Record<string, Fixture>;
const dtypes: Record<string, string> = { '|u1': 'uint8', '|i1': 'int8', '<i2': 'int16', '<f4': 'float32' };

/** What h5py finds under /deltas: values, types and shapes. */
function dumpDeltas(path: string): unknown {
  return python(`
import h5py, json, sys, numpy as np
out = {}
with h5py.File(sys.argv[1], 'r') as f:
    for key, d in f['deltas'].items():
        attributes = [[k, np.asarray(d.attrs[k]).tolist(), str(d.attrs.get_id(k).dtype), d.attrs.get_id(k).shape] for k in sorted(d.attrs)]
        out[key] = [attributes, d.dtype.str, list(d.shape), np.asarray(d[()]).tobytes().hex()]
print(json.dumps(out))`, path);
}

async function opened<T>(path: string, use: (store: HDF5Store) => Promise<T>): Promise<T> {
  const store = await HDF5Store.open(path);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

describe('HDF5Store: deltas', function () {
  this.timeout(30_000);

  for (const [name, { store: stored, entries = {} }] of Object.entries(manifest)) {
    if (stored === undefined) continue;
    it(`${name}: lists and reads ${Object.keys(stored.deltas).length} deltas as they were written`, () => opened(fixturePath('deltas', name, '.coral', 'objects', 'weights.h5'), async (store) => {
      assert.deepEqual(await store.listDeltas(), Object.keys(stored.deltas).sort());
      for (const [hash, { attrs, dtype, shape }] of Object.entries(stored.deltas)) {
        const delta = await store.readDelta(hash);
        assert.deepEqual(delta?.metadata, {
          hash, deltaType: attrs.delta_type, originalShape: attrs.original_shape, originalDtype: attrs.original_dtype,
          referenceHash: attrs.reference_hash, metadata: attrs.metadata, compressionRatio: attrs.compression_ratio,
        });
        assert.deepEqual(delta.array, { shape, dtype: dtypes[dtype], byteOrder: 'little' });
        const blocks = [];
        for await (const block of delta.blocks()) blocks.push(block);
        const truth = Object.values(entries).find(({ delta_hash: named }) => named === hash)?.delta;
        assert.equal(createHash('sha256').update(Buffer.concat(blocks)).digest('hex'), truth?.data_sha256);
        assert.equal(await deltaHash(attrs.reference_hash, attrs.delta_type, blocks), hash);
      }
    }));
  }

  it('has none where there is no file, no such delta, or no hash', async () => {
    await opened(join(await missingFolder(), 'weights.h5'), async (store) => {
      assert.deepEqual([await store.listDeltas(), await store.readDelta('b646040bc57dce07')], [[], undefined]);
    });
    await opened(fixturePath('deltas', 'stage-compressed', '.coral', 'objects', 'weights.h5'), async (store) => {
      for (const hash of ['0000000000000000', '../weights/78b708c8a7deb662', '']) assert.equal(await store.readDelta(hash), undefined, hash);
    });
  });

  describe('changed by another program', () => {
    const hash = 'b646040bc57dce07';
    const changed = async (change: string, use: (store: HDF5Store) => Promise<void>): Promise<void> => {
      const path = join(await copyFixture('deltas/stage-compressed'), '.coral', 'objects', 'weights.h5');
      python(`import h5py, numpy as np, sys\nwith h5py.File(sys.argv[1], "a") as f:\n  d = f["deltas"]["${hash}"]; ${change}\nprint(1)`, path);
      await opened(path, use);
    };
    const corrupt = (pattern: RegExp) => (error: unknown): boolean => {
      assert.ok(CoralError.is(error, 'corrupt'), String(error));
      assert.match(error.message, pattern);
      assert.equal(error.hash, hash);
      return true;
    };

    before(function () {
      const missing = missingPython();
      if (missing === undefined) return;
      console.log(`      skipped: ${missing}`);
      this.skip();
    });

    it('a store without a group for deltas has none', async () => {
      await changed('del f["deltas"]', async (store) => assert.deepEqual([await store.listDeltas(), await store.readDelta(hash)], [[], undefined]));
    });

    it('names that are no hashes, and datasets without attributes, count as absent', async () => {
      await changed('f["deltas"]["x"] = 1; f["deltas"]["0123456789abcdef"] = 1; del d.attrs["reference_hash"]', async (store) => {
        assert.deepEqual([await store.listDeltas(), await store.readDelta(hash)], [[], undefined]);
      });
    });

    it('attributes that make no sense are "corrupt"', async () => {
      for (const [change, pattern] of [
        ['d.attrs["original_shape"] = "x"', /"original_shape" is not a list of lengths/], ['d.attrs["original_shape"] = np.array([-1])', /"original_shape"/],
        ['d.attrs["reference_hash"] = "../x"', /"reference_hash" is not a hash/],
      ] as const) await changed(change, async (store) => assert.rejects(store.readDelta(hash), corrupt(pattern)));
    });

    it('a group in the place of a delta is absent or "corrupt", never a crash', async () => {
      await changed(`a = dict(d.attrs); del f["deltas"]["${hash}"]; g = f["deltas"].create_group("${hash}"); g.attrs.update(a)`, async (store) => {
        await assert.rejects(store.readDelta(hash), corrupt(/Delta b646040bc57dce07/));
      });
    });

    it('bytes that do not match the hash end with "corrupt"', async () => {
      await changed('d[100] ^= 1', async (store) => {
        const delta = await store.readDelta(hash);
        await assert.rejects((async () => { for await (const block of delta!.blocks()) assert.ok(block.byteLength > 0); })(), corrupt(/its content hashes to/));
      });
    });

    it('data larger than the file could hold is "corrupt"', async () => {
      await changed(`a = dict(d.attrs); del f["deltas"]["${hash}"]; n = f["deltas"].create_dataset("${hash}", shape=(10**10,), chunks=(10**6,), dtype="u1", compression="gzip"); n.attrs.update(a)`, async (store) => {
        await assert.rejects(store.readDelta(hash), corrupt(/it claims 10000000000 bytes of data/));
      });
    });

    it('a sound one takes the place of what is damaged, in h5py\'s eyes as well', async () => {
      const path = fixturePath('deltas', 'stage-compressed', '.coral', 'objects', 'weights.h5');
      const recreate = (what: string): string => `a = dict(d.attrs); del f["deltas"]["${hash}"]; n = f["deltas"].create_dataset("${hash}", ${what}); n.attrs.update(a)`;
      for (const change of [
        'd[100] ^= 1', 'del d.attrs["reference_hash"]', recreate('shape=(10**10,), chunks=(10**6,), dtype="u1", compression="gzip"'),
      ]) {
        const copy = join(await copyFixture('deltas/stage-compressed'), '.coral', 'objects', 'weights.h5');
        python(`import h5py, numpy as np, sys\nwith h5py.File(sys.argv[1], "a") as f:\n  d = f["deltas"]["${hash}"]; ${change}\nprint(1)`, copy);
        const source = await HDF5Store.open(path);
        const store = await HDF5Store.open(copy, { mode: 'write' });
        await store.writeDelta((await source.readDelta(hash))!, { force: true });
        await Promise.all([source.close(), store.close()]);
        assert.deepEqual(dumpDeltas(copy), dumpDeltas(path), change);
      }
    });
  });

  it('are written with the attributes and types that Python writes', async function () {
    const missing = missingPython();
    if (missing !== undefined) return this.skip();
    for (const name of ['stage-compressed', 'stage-sparse-few', 'stage-int8_quantized', 'stage-compressed-f8']) {
      const path = fixturePath('deltas', name, '.coral', 'objects', 'weights.h5');
      const copy = join(await temporaryFolder(), 'weights.h5');
      const source = await HDF5Store.open(path);
      const store = await HDF5Store.open(copy, { mode: 'write' });
      for (const hash of await source.listDeltas()) await store.writeDelta((await source.readDelta(hash))!);
      await Promise.all([source.close(), store.close()]);
      assert.deepEqual(dumpDeltas(copy), dumpDeltas(path), name);
    }
  });
});
