import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { python } from './python';
import { bytesOf, fixture, lockLetGo, withCopy, withFolder, withStore } from './stores';

interface Expected {
  readonly hash: string;
  readonly dtype: string;
  readonly shape: number[];
  readonly sha256_stored: string;
  readonly byteorder?: string;
  readonly name?: string;
}
type Manifest = Record<string, { readonly weights: Record<string, Expected>; readonly store?: { readonly weights: Record<string, { attrs: { name: string } }> } }>;

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(fixture(folder, 'manifest.json'), 'utf8')) as Manifest;

describe('HDF5Store reads what h5py wrote', function () {
  this.timeout(30_000);
  for (const folder of ['dtypes', 'h5-variants']) {
    for (const [file, { weights, store: listed }] of Object.entries(manifestOf(folder))) {
      it(`${folder}/${file}`, () => withStore(fixture(folder, file), {}, async (store) => {
        const expected = Object.values(weights);
        const hashes = await store.list();
        const known = listed === undefined ? [...new Set(expected.map(({ hash }) => hash))].sort() : Object.keys(listed.weights).sort();
        assert.deepEqual(hashes, known);
        assert.equal((await store.info()).weights, known.length);
        let read = 0;
        for (const { hash, dtype, shape, sha256_stored, byteorder } of expected) {
          if (!hashes.includes(hash)) continue;
          const weight = await store.read(hash);
          assert.deepEqual({ dtype: weight?.metadata.dtype, shape: weight?.metadata.shape }, { dtype, shape });
          assert.equal(createHash('sha256').update(await bytesOf(weight)).digest('hex'), sha256_stored, hash);
          if (byteorder === 'big') assert.equal(weight?.byteOrder, 'big');
          read += 1;
        }
        assert.ok(read > 0);
        for (const [hash, { attrs }] of Object.entries(listed?.weights ?? {})) assert.equal((await store.metadata(hash))?.name, attrs.name);
      }));
    }
  }

  it('basic: every byte of repository and remote', async () => {
    for (const path of [fixture('basic/repo/.coral/objects/weights.h5'), fixture('basic/remote/weights.h5')]) {
      await withStore(path, {}, async (store) => {
        const hashes = await store.list();
        assert.deepEqual(hashes, ['a4c2120e2efb74e4', 'b5adf40b90970f42', 'd317d6321f9320bf', 'f2f3855175ce204e']);
        for (const hash of hashes) assert.ok((await bytesOf(await store.read(hash))).byteLength > 0);
        assert.deepEqual(await store.metadata('b5adf40b90970f42'), {
          name: 'encoder.bias', shape: [16], dtype: 'float32', layerType: undefined, modelName: undefined, compressionInfo: {}, hash: 'b5adf40b90970f42',
        });
      });
    }
  });

  it('other filters that HDF5 brings along: shuffle, fletcher32, gzip 9', () => withFolder(async (folder) => {
    const path = join(folder, 'filters.h5');
    const count = python<number>(`
import h5py, json, sys, numpy as np, shutil
src = h5py.File(sys.argv[1], 'r')['weights']
with h5py.File(sys.argv[2], 'w') as f:
    for i, (key, d) in enumerate(src.items()):
        n = f.create_dataset('weights/' + key, data=d[()], shuffle=i % 2 == 0, fletcher32=i % 3 == 0, compression='gzip', compression_opts=9)
        for k, v in d.attrs.items(): n.attrs[k] = v
print(json.dumps(len(src)))`, fixture('h5-variants/many-300.h5'), path);
    await withStore(path, {}, async (store) => {
      const hashes = await store.list();
      assert.equal(hashes.length, count);
      for (const hash of hashes.slice(0, 30)) assert.ok((await bytesOf(await store.read(hash))).byteLength > 0);
    });
  }));

  it('chunks that are longer than a block, and tensors of many blocks', () => withFolder(async (folder) => {
    const path = join(folder, 'large.h5');
    const expected = python<Record<string, string>>(`
import h5py, json, sys, numpy as np, hashlib, xxhash
rng = np.random.default_rng(1); out = {}
with h5py.File(sys.argv[1], 'w') as f:
    for shape, chunks, dtype in [((3000, 1200), None, '<f4'), ((3, 5000, 300), (2, 40, 300), '<f4'), ((40, 200000), (40, 500), '>i2'), ((5000001,), (7813,), '<f4'), ((2600, 1024), None, '>f8')]:
        a = rng.integers(0, 50, shape).astype(dtype)
        key = xxhash.xxh3_64(str(shape).encode() + a.dtype.newbyteorder('=').name.encode() + a.tobytes()).hexdigest()
        d = f.create_dataset('weights/' + key, data=a, chunks=chunks or True, compression='gzip', compression_opts=1)
        d.attrs['shape'] = shape; d.attrs['dtype'] = a.dtype.name
        out[key] = hashlib.sha256(a.tobytes()).hexdigest()
print(json.dumps(out))`, path);
    await withStore(path, {}, async (store) => {
      for (const [hash, sha256] of Object.entries(expected)) {
        const weight = await store.read(hash);
        const digest = createHash('sha256');
        for await (const block of weight?.blocks() ?? []) {
          assert.ok(block.byteLength <= 8 * 1024 * 1024);
          digest.update(block);
        }
        assert.equal(digest.digest('hex'), sha256);
      }
    });
  }));
});

describe('HDF5Store, reading', function () {
  this.timeout(30_000);

  it('takes a missing file and an empty one for an empty store, and creates nothing', () => withFolder(async (folder) => {
    const empty = join(folder, 'empty.h5');
    writeFileSync(empty, '');
    for (const path of [join(folder, 'no/such/weights.h5'), empty]) {
      await withStore(path, {}, async (store) => {
        assert.deepEqual(await store.list(), []);
        assert.equal(await store.has('a4c2120e2efb74e4'), false);
        assert.equal(await store.read('a4c2120e2efb74e4'), undefined);
        assert.deepEqual(await store.info(), { location: path, weights: 0, storedBytes: 0 });
      });
    }
    assert.equal(existsSync(join(folder, 'no')), false);
    assert.equal(statSync(empty).size, 0);
  }));

  it('changes no byte and no time', () => withCopy(fixture('dtypes/weights-gzip.h5'), async (path) => {
    const [before, time] = [readFileSync(path), statSync(path).mtimeMs];
    await withStore(path, {}, async (store) => { for (const hash of await store.list()) await bytesOf(await store.read(hash)); });
    assert.ok(readFileSync(path).equals(before));
    assert.equal(statSync(path).mtimeMs, time);
  }));

  for (const name of ['dtypes/weights-gzip.h5', 'dtypes/weights-gzip9.h5', 'dtypes/weights-uncompressed.h5', 'deltas/stage-compressed/.coral/objects/weights.h5']) {
    it(`counts the same stored bytes as h5py: ${name}`, () => withStore(fixture(name), {}, async (store) => {
      const expected = python<Record<'weights' | 'deltas', Record<string, number>>>(`
import h5py, json, sys
with h5py.File(sys.argv[1], 'r') as f:
    print(json.dumps({group: {key: data.id.get_storage_size() for key, data in f.get(group, {}).items()} for group in ('weights', 'deltas')}))`, fixture(name));
      const sizes = async (kind: 'weight' | 'delta', hashes: string[]): Promise<Record<string, number | undefined>> =>
        Object.fromEntries(await Promise.all(hashes.map(async (hash) => [hash, await store.storedBytesOf({ kind, hash })] as const)));
      assert.ok(Object.keys(expected.weights).length > 0);
      assert.deepEqual({ weights: await sizes('weight', await store.list()), deltas: await sizes('delta', await store.listDeltas()) }, expected);
    }));
  }

  it('knows no stored bytes where the layout of the file is new', () => withStore(fixture('h5-variants/libver-v110.h5'), {}, async (store) => {
    const [hash = ''] = await store.list();
    assert.equal(await store.storedBytesOf({ kind: 'weight', hash }), undefined);
  }));

  it('refuses to write when opened for reading', () => withStore(fixture('dtypes/weights-gzip.h5'), {}, async (store) => {
    const weight = await store.read('8dc873094cb5905b');
    assert.ok(weight);
    await assert.rejects(store.write(weight), (error) => CoralError.is(error, 'invalid'));
  }));

  it('sees what another program adds and removes', () => withCopy(fixture('basic/remote/weights.h5'), (path) => withStore(path, {}, async (store) => {
    assert.equal((await store.list()).length, 4);
    await lockLetGo();
    python(`
import h5py, sys
with h5py.File(sys.argv[1], 'a') as f:
    f.copy('weights/a4c2120e2efb74e4', 'weights/0000000000000000'); del f['weights/b5adf40b90970f42']
print(1)`, path);
    assert.deepEqual(await store.list(), ['0000000000000000', 'a4c2120e2efb74e4', 'd317d6321f9320bf', 'f2f3855175ce204e']);
  })));
});
