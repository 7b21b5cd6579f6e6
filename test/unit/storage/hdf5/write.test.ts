import assert from 'node:assert/strict';
import fs, { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { before, describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { HDF5Store } from '../../../../src/core/storage/hdf5/hdf5Store';
import { spoolPath } from '../../../../src/core/storage/hdf5/spools';
import { Weight, type WeightMetadata } from '../../../../src/core/weights/weight';
import { h5pyDump, python, type Seen } from './python';
import { bytesOf, fixture, noise, noiseWeight, withCopy, withFolder, withStore } from './stores';

/** Every weight of a store. */
async function weightsOf(path: string): Promise<Weight[]> {
  return withStore(path, {}, async (store) => {
    const weights = [];
    for (const hash of await store.list()) {
      const weight = await store.read(hash);
      assert.ok(weight);
      const data = await bytesOf(weight);
      weights.push(new Weight(weight.metadata, weight.byteOrder, async function* () { if (data.byteLength > 0) yield data; }));
    }
    return weights;
  });
}

/** How often this process makes the disk sync meanwhile. */
async function countSyncs(work: () => Promise<unknown>): Promise<number> {
  const { fsyncSync, fdatasyncSync } = fs;
  let syncs = 0;
  const counting = (sync: (fd: number) => void) => (fd: number): void => {
    syncs += 1;
    sync(fd);
  };
  Object.assign(fs, { fsyncSync: counting(fsyncSync), fdatasyncSync: counting(fdatasyncSync) });
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(fs, { fsyncSync, fdatasyncSync });
    syncBuiltinESMExports();
  }
  return syncs;
}

/** What a reader can tell apart; the layout is compared on its own. */
const contentOf = ({ dtype, shape, type, data, attributes, shapeType }: Seen): unknown => ({
  dtype, shape, type, data, shapeType,
  attributes: { ...attributes, compression_info: JSON.parse(String(attributes['compression_info'])) as unknown },
});

describe('HDF5Store writes what h5py reads', function () {
  this.timeout(60_000);
  const dtypes = ['weights-uncompressed.h5', 'weights-gzip.h5', 'weights-bfloat16-synthetic.h5'];
  const starts: [string, string | undefined][] = [
    ['a new store', undefined], ['a store by h5py', fixture('basic/remote/weights.h5')],
    ['a store by h5py with libver v108', fixture('h5-variants/libver-v108.h5')], ['a store by h5py with libver v110', fixture('h5-variants/libver-v110.h5')],
  ];
  const expected: Record<string, Seen> = {};
  const weights: Weight[] = [];
  before(async () => {
    for (const file of dtypes) {
      Object.assign(expected, h5pyDump(fixture('dtypes', file)));
      weights.push(...await weightsOf(fixture('dtypes', file)));
    }
  });

  for (const [name, start] of starts) {
    for (const compression of name.includes('libver') ? ['gzip'] as const : ['gzip', 'none', 'auto'] as const) {
      it(`every dtype and shape, ${compression}, into ${name}`, () => withFolder(async (folder) => {
        const path = join(folder, 'weights.h5');
        if (start !== undefined) writeFileSync(path, readFileSync(start));
        const old = start === undefined ? {} : h5pyDump(path);
        await withStore(path, { mode: 'write', compression }, async (store) => { await Promise.all(weights.map((weight) => store.write(weight))); });
        const seen = h5pyDump(path);
        assert.deepEqual(Object.keys(seen).sort(), [...new Set([...Object.keys(expected), ...Object.keys(old)])].sort());
        for (const [hash, weight] of Object.entries(seen)) {
          const wanted = old[hash] ?? expected[hash];
          assert.ok(wanted);
          assert.deepEqual(contentOf(weight), contentOf(wanted), hash);
          if (old[hash] !== undefined) continue;
          const scalar = weight.shape.length === 0;
          if (compression === 'gzip' && !scalar) assert.deepEqual([weight.compression, weight.level, weight.chunks?.length], ['gzip', 4, weight.shape.length]);
          if (compression === 'none' || scalar) assert.deepEqual([weight.compression, weight.chunks], [null, null]);
        }
        editByH5py(path);
      }));
    }
  }

  /** h5py adds, changes and deletes in what we wrote, and both still read all of it. */
  function editByH5py(path: string): void {
    const left = python<number>(`
import h5py, sys, json, numpy as np
with h5py.File(sys.argv[1], 'a') as f:
    w = f['weights']; keys = list(w.keys())
    for key in keys[::3]: del w[key]
    for key in keys[1::3]: d = w[key]; d[...] = d[()]; d.attrs['name'] = 'edited'
    for i in range(20): w.create_dataset('%016x' % i, data=np.full((40, 40), i, 'f4'), compression='gzip')
    f.flush(); print(json.dumps(len(w)))`, path);
    assert.equal(Object.keys(python<Record<string, number>>(`
import h5py, sys, json, numpy as np
with h5py.File(sys.argv[1], 'r') as f: print(json.dumps({k: int(np.asarray(d[()]).size) for k, d in f['weights'].items()}))`, path)).length, left);
  }

  it('makes the groups and the superblock that the Python tool makes', () => withFolder(async (folder) => {
    const path = join(folder, 'deep/er/weights.h5');
    await withStore(path, { mode: 'write' }, (store) => store.write(noiseWeight('a', [3], 1)));
    assert.deepEqual(python(`import h5py, sys, json; f = h5py.File(sys.argv[1], 'r'); print(json.dumps([sorted(f.keys()), len(f['metadata']), len(f['deltas'])]))`, path),
      [['deltas', 'metadata', 'weights'], 0, 0]);
    assert.equal(readFileSync(path)[8], 0);
    assert.deepEqual(readdirSync(join(folder, 'deep/er')), ['weights.h5']);
  }));

  it('names, texts and JSON of any kind', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    const metadata: Partial<WeightMetadata>[] = [
      { name: '' }, { name: 'naïve/λ.weight 🪸' }, { name: 'x'.repeat(100_000), layerType: 'Linear', modelName: 'modèle' },
      { name: 'a"b\\c\n\t', compressionInfo: { ratio: 0.5, nested: [1, { a: 'ü' }] } },
    ];
    const weights = metadata.map((more, i) => Weight.from({ name: '', shape: [2], dtype: 'uint8', ...more }, Uint8Array.of(i, 7)));
    await withStore(path, { mode: 'write' }, async (store) => {
      await Promise.all(weights.map((weight) => store.write(weight)));
      for (const { metadata: { hash }, metadata: all } of weights) assert.deepEqual(await store.metadata(hash), { layerType: undefined, modelName: undefined, ...all });
    });
    const seen = h5pyDump(path);
    const asPythonWrites = ['{}', '{}', '{}', '{"ratio": 0.5, "nested": [1, {"a": "\\u00fc"}]}'];
    weights.forEach(({ metadata: { hash, name, layerType, modelName } }, i) => {
      assert.deepEqual(seen[hash]?.attributes, {
        name, shape: [2], dtype: 'uint8', layer_type: layerType ?? '', model_name: modelName ?? '', compression_info: asPythonWrites[i], hash,
      });
    });
  }));

  it('refuses names that cannot be stored', () => withFolder((folder) => withStore(join(folder, 'weights.h5'), { mode: 'write' }, async (store) => {
    for (const name of ['a\0b', 'a\ud800']) await assert.rejects(store.write(Weight.from({ name, shape: [1], dtype: 'int8' }, Uint8Array.of(1))), (error) => CoralError.is(error, 'invalid'));
    assert.equal(existsSync(join(folder, 'weights.h5')), false);
  })));
});

describe('HDF5Store, large tensors', function () {
  this.timeout(60_000);
  for (const [compression, shape, byteOrder] of [['none', [2300, 2048], 'little'], ['gzip', [2300, 2048], 'big'], ['auto', [3, 1500000], 'little'], ['gzip', [5000001], 'little']] as const) {
    it(`${compression}, ${shape.join(' x ')}, ${byteOrder}: in slabs, through a spool file that is gone afterwards`, () => withFolder(async (folder) => {
      const path = join(folder, 'weights.h5');
      const bytes = shape.reduce<number>((product, length) => product * length, 4);
      const pattern = noise(65_536, 3);
      const data = new Uint8Array(bytes);
      for (let at = 0; at < bytes; at += pattern.byteLength) data.set(pattern.subarray(0, bytes - at), at);
      const weight = Weight.from({ name: 'large', shape: [...shape], dtype: 'float32' }, data, byteOrder);
      await withStore(path, { mode: 'write', compression }, async (store) => {
        await store.write(weight);
        assert.ok((await bytesOf(await store.read(weight.metadata.hash))).equals(data));
        await store.write(weight, { force: true });
      });
      assert.deepEqual(readdirSync(folder), ['weights.h5']);
      assert.deepEqual(python(`
import h5py, sys, json
with h5py.File(sys.argv[1], 'r') as f:
    d = f['weights'][sys.argv[2]]; print(json.dumps([d.dtype.str, list(d.shape), list(d.maxshape), d.compression, d[()].tobytes() == open(sys.argv[3], 'rb').read()]))`,
      path, weight.metadata.hash, save(join(folder, 'data'), data)), [byteOrder === 'big' ? '>f4' : '<f4', [...shape], [...shape], compression === 'gzip' ? 'gzip' : null, true]);
    }));
  }

  function save(path: string, data: Uint8Array): string {
    writeFileSync(path, data);
    return path;
  }

  it('removes the spool files of dead processes only', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    const [dead, alive] = [2 ** 22 + 1, 1].map((pid) => spoolPath(path, 1).replace(`spool-${process.pid}-`, `spool-${pid}-`));
    // Whether a process of another machine lives, nobody knows; what it left a day ago it has given up.
    const [elsewhere, longAgo] = [`${path}.spool-4194305-0badcafe-1`, `${path}.spool-4194305-1`];
    for (const spool of [dead!, alive!, elsewhere, longAgo]) writeFileSync(spool, 'x');
    utimesSync(longAgo, Date.now() / 1000 - 90_000, Date.now() / 1000 - 90_000);
    await withStore(path, { mode: 'write' }, (store) => store.write(noiseWeight('a', [3], 1)));
    assert.deepEqual(readdirSync(folder).sort(), ['weights.h5', basename(alive!), basename(elsewhere)].sort());
  }));
});

describe('HDF5Store.write is all or nothing', function () {
  this.timeout(60_000);

  /** Its bytes are not what its hash says. */
  const lying = (shape: number[]): Weight => {
    const { metadata, byteLength } = noiseWeight('lie', shape, 5);
    return new Weight(metadata, 'little', async function* () { for (let at = 0; at < byteLength; at += 4096) yield noise(Math.min(4096, byteLength - at), 6); });
  };

  it('a weight that does not match its hash never appears, and fails no other', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    await withStore(path, { mode: 'write' }, async (store) => {
      const good = [1, 2, 3].map((seed) => noiseWeight(`w${seed}`, [100], seed));
      const bad = [lying([100]), lying([2200, 2048])];
      const results = await Promise.allSettled([...good, ...bad].map((weight) => store.write(weight)));
      assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
      for (const result of results) if (result.status === 'rejected') assert.ok(CoralError.is(result.reason, 'corrupt') && result.reason.hash !== undefined);
      assert.deepEqual(await store.list(), good.map(({ metadata: { hash } }) => hash).sort());
    });
    assert.deepEqual(readdirSync(folder), ['weights.h5']);
  }));

  it('a source that fails leaves nothing', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    const { metadata } = noiseWeight('cut', [2200, 2048], 1);
    const failing = new Weight(metadata, 'little', async function* () {
      yield noise(4096, 1);
      throw new CoralError('network', 'The connection was reset.');
    });
    await withStore(path, { mode: 'write' }, (store) => assert.rejects(store.write(failing), (error) => CoralError.is(error, 'network') && error.hash === metadata.hash));
    assert.deepEqual(readdirSync(folder), []);
  }));

  it('a cancelled weight is rolled back in mid-write, byte for byte, and its neighbors are written', () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
    const before = readFileSync(path);
    const stop = new AbortController();
    const large = noiseWeight('large', [3000, 2048], 1);
    await withStore(path, { mode: 'write', compression: 'gzip' }, async (store) => {
      const writing = store.write(large, { signal: stop.signal });
      const grows = setInterval(() => { if (statSync(path).size > before.byteLength + 4_000_000) stop.abort(); }, 1);
      await assert.rejects(writing, (error) => CoralError.is(error, 'cancelled'));
      clearInterval(grows);
      assert.ok(readFileSync(path).equals(before));
      await store.write(noiseWeight('small', [10], 2));
      assert.equal((await store.list()).length, 5);
    });
    assert.deepEqual(h5pyDump(path)[large.metadata.hash], undefined);
  }));

  it('writes the same weight once when asked several times at once', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    await withStore(path, { mode: 'write' }, async (store) => {
      const weight = noiseWeight('same', [100], 1);
      await Promise.all(Array.from({ length: 20 }, () => store.write(weight)));
      const { size } = statSync(path);
      await store.write(weight);
      assert.equal(statSync(path).size, size);
      assert.equal((await store.info()).weights, 1);
    });
  }));

  it('two stores on one file, each writing and reading', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    const stores = await Promise.all([1, 2].map(() => HDF5Store.open(path, { mode: 'write' })));
    const weights = Array.from({ length: 60 }, (_, i) => noiseWeight(`w${i}`, [50], i));
    await Promise.all(weights.map((weight, i) => stores[i % 2]!.write(weight)));
    for (const store of stores) {
      assert.equal((await store.list()).length, 60);
      await store.close();
    }
    assert.equal(Object.keys(h5pyDump(path)).length, 60);
  }));

  it('2,000 weights of 4 KiB by 64 writers', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    const weights = Array.from({ length: 2000 }, (_, i) => noiseWeight(`layer.${i}`, [32, 32], i));
    const began = performance.now();
    const syncs = await countSyncs(() => withStore(path, { mode: 'write' }, async (store) => {
      const rest = weights.values();
      await Promise.all(Array.from({ length: 64 }, async () => { for (const weight of rest) await store.write(weight); }));
    }));
    console.log(`      2,000 weights in ${((performance.now() - began) / 1000).toFixed(1)} s, with ${syncs} syncs`);
    // 138 where no batch was split: four for each 64. A sync for each weight would be thousands.
    assert.ok(syncs >= 4 && syncs < 300, `${syncs} syncs`);
    assert.equal(python('import h5py, sys; print(len(h5py.File(sys.argv[1], "r")["weights"]))', path), 2000);
  }));
});
