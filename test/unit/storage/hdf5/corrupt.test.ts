import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { CoralError, type Reason } from '../../../../src/core/base/errors';
import type { HDF5Store } from '../../../../src/core/storage/hdf5/hdf5Store';
import { Weight } from '../../../../src/core/weights/weight';
import { h5pyDump, python } from './python';
import { bytesOf, fixture, withCopy, withStore } from './stores';

const [x0, x1, x2, x3] = ['5c92fd77b2f501fd', '34f275a6f9f99cf1', '621ab69602313d7a', 'cb48e685d7646d9c'] as const;
const all: string[] = [x0, x1, x2, x3].sort();

const corrupt = (name: string, use: (store: HDF5Store) => Promise<void>): Promise<void> => withStore(fixture('corrupt', name), {}, use);

/** Rejects with that reason, a message that matches, and the hash it concerns. */
async function rejects(promise: Promise<unknown>, reason: Reason, message: RegExp, hash?: string): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(CoralError.is(error, reason), String(error));
    assert.match(error.message, message);
    assert.equal(error.hash, hash);
    return true;
  });
}

describe('HDF5Store and files that are no store', function () {
  this.timeout(30_000);
  const whole: [string, RegExp][] = [
    ['text.h5', /is not an HDF5 file/],
    ['wrong-magic.h5', /is not an HDF5 file/],
    ['lfs-pointer.h5', /is a Git LFS pointer, not the file itself. Run "git lfs pull"/],
    ['truncated-64.h5', /is cut off: it holds 64 of 28641 bytes/],
    ['truncated-half.h5', /is cut off: it holds 14320 of 28641 bytes/],
    ['weights-is-dataset.h5', /"\/weights" in it is not a group/],
  ];
  for (const [name, message] of whole) {
    it(name, () => corrupt(name, async (store) => {
      await rejects(store.list(), 'corrupt', message);
      await rejects(store.has(x0), 'corrupt', message);
      await rejects(store.read(x0), 'corrupt', message);
    }));
  }

  it('zero-bytes.h5 is an empty store', () => corrupt('zero-bytes.h5', async (store) => assert.deepEqual(await store.list(), [])));
});

describe('HDF5Store and damaged weights', function () {
  this.timeout(30_000);

  it('attr-hash-wrong.h5: names both hashes, reads the others', () => corrupt('attr-hash-wrong.h5', async (store) => {
    assert.deepEqual(await store.list(), all);
    await rejects(store.metadata(x0), 'corrupt', /5c92fd77b2f501fd.*attribute "hash" says 0000000000000000/, x0);
    await rejects(store.read(x0), 'corrupt', /0000000000000000/, x0);
    assert.equal((await bytesOf(await store.read(x1))).byteLength, 1600);
  }));

  it('attrs-missing.h5: without them a weight is absent', () => corrupt('attrs-missing.h5', async (store) => {
    assert.deepEqual(await store.list(), [x1, x3].sort());
    assert.equal(await store.has(x0), false);
    assert.equal(await store.read(x2), undefined);
  }));

  it('flipped-byte-gzip.h5: the blocks end as corrupt, and the store goes on', () => corrupt('flipped-byte-gzip.h5', async (store) => {
    await rejects(bytesOf(await store.read(x1)), 'corrupt', /cannot be read/, x1);
    for (const hash of [x0, x2, x3]) assert.equal((await bytesOf(await store.read(hash))).byteLength, 1600);
  }));

  it('huge-declared.h5: refused at once, without memory for it', () => corrupt('huge-declared.h5', async (store) => {
    const began = Date.now();
    const before = process.memoryUsage().rss;
    assert.deepEqual(await store.list(), ['99aabbccddeeff00']);
    await rejects(store.metadata('99aabbccddeeff00'), 'corrupt', /claims \d+ bytes of data, more than could be in the file/, '99aabbccddeeff00');
    await rejects(store.read('99aabbccddeeff00'), 'corrupt', /claims/, '99aabbccddeeff00');
    assert.ok(process.memoryUsage().rss - before < 128 * 1024 * 1024);
    assert.ok(Date.now() - began < 5_000);
  }));

  it('odd-names.h5: what is no hash is left out, and no link leads out of the file', () => corrupt('odd-names.h5', async (store) => {
    assert.deepEqual(await store.list(), all);
    for (const name of ['..', '__proto__', 'external', 'soft', 'subgroup', 'UPPERCASE0123456', '../weights']) {
      assert.equal(await store.has(name), false);
      assert.equal(await store.read(name), undefined);
    }
    for (const hash of all) assert.equal((await bytesOf(await store.read(hash))).byteLength, 1600);
  }));

  it('links, groups and foreign data under names that are hashes', () => withCopy(fixture('corrupt/odd-names.h5'), async (path) => {
    python(`
import h5py, sys, numpy as np
f = h5py.File(sys.argv[1], 'a'); w = f['weights']; other = sys.argv[2]
with h5py.File(other, 'w') as g: f.copy('weights/${x1}', g, 'x')
w['a' * 16] = h5py.ExternalLink(other, '/x'); w['b' * 16] = h5py.SoftLink('/nowhere'); w['c' * 16] = h5py.SoftLink('/weights/${x0}')
w.create_group('d' * 16)
d = w.create_dataset('e' * 16, (4,), dtype='f4', external=[('/etc/passwd', 0, 16)]); d.attrs['shape'] = [4]; d.attrs['dtype'] = 'float32'
v = h5py.VirtualLayout((20, 20), 'f4'); v[:] = h5py.VirtualSource(other, 'x', (20, 20), 'f4')
d = w.create_virtual_dataset('f' * 16, v); d.attrs['shape'] = [20, 20]; d.attrs['dtype'] = 'float32'
d = w.create_dataset('0' * 16, data=np.array([b'abc'])); d.attrs['shape'] = [1]; d.attrs['dtype'] = 'bytes24'
d = w.create_dataset('1' * 16, data=np.zeros(3, 'f4')); d.attrs['shape'] = [3]; d.attrs['dtype'] = 'float64'
d = w.create_dataset('2' * 16, data=np.zeros(3, 'f4')); d.attrs['shape'] = [4]; d.attrs['dtype'] = 'float32'
print(1)`, path, `${path}.other`);
    await withStore(path, {}, async (store) => {
      const of = (digit: string): string => digit.repeat(16);
      assert.deepEqual(await store.list(), [...all, ...['0', '1', '2', 'c', 'e', 'f'].map(of)].sort());
      for (const digit of ['a', 'b', 'd']) assert.equal(await store.read(of(digit)), undefined);
      await rejects(store.metadata(of('c')), 'corrupt', /attribute "hash" says 5c92fd77b2f501fd/, of('c'));
      await rejects(bytesOf(await store.read(of('e'))), 'corrupt', /cannot be read/, of('e'));
      await rejects(bytesOf(await store.read(of('f'))), 'corrupt', /damaged|cannot be read/, of('f'));
      await rejects(store.metadata(of('0')), 'unsupported', /bytes24/, of('0'));
      await rejects(store.metadata(of('1')), 'corrupt', /its data is float32, its attribute says float64/, of('1'));
      await rejects(store.metadata(of('2')), 'corrupt', /its data has shape \(3\), its attribute says \(4\)/, of('2'));
    });
  }));

  it('a filter that is not built in is named', () => withCopy(fixture('corrupt/flipped-byte-gzip.h5'), async (path) => {
    // Another filter number in the pipeline message (deflate is 1) of a dataset whose message is found by its parameters.
    const found = python<boolean>(`
import h5py, sys, json
with h5py.File(sys.argv[1], 'r') as f: print(json.dumps(f['weights/${x0}'].compression == 'gzip'))`, path);
    assert.ok(found);
    python(`
import sys
b = bytearray(open(sys.argv[1], 'rb').read()); i = -1; n = 0
while True:
    i = b.find(b'deflate\\0', i + 1)
    if i < 0: break
    b[i - 8:i - 6] = (32015).to_bytes(2, 'little'); b[i:i + 8] = b'zstdish\\0'; n += 1
open(sys.argv[1], 'wb').write(b); print(n)`, path);
    await withStore(path, {}, async (store) => rejects(bytesOf(await store.read(x0)), 'unsupported', /HDF5 filter "zstdish"/, x0));
  }));
});

describe('HDF5Store repairs damaged weights', function () {
  this.timeout(30_000);
  const good = async (): Promise<Weight[]> => withStore(fixture('corrupt/odd-names.h5'), {}, async (store) => {
    const weights = [];
    for (const hash of all) {
      const weight = await store.read(hash);
      assert.ok(weight);
      weights.push(Weight.from(weight.metadata, await bytesOf(weight)));
    }
    return weights;
  });

  for (const [name, force] of [['attrs-missing.h5', false], ['attr-hash-wrong.h5', false], ['flipped-byte-gzip.h5', true]] as const) {
    it(`${name}${force ? ', by force' : ''}`, () => withCopy(fixture('corrupt', name), async (path) => {
      const weights = await good();
      await withStore(path, { mode: 'write' }, async (store) => { await Promise.all(weights.map((weight) => store.write(weight, { force }))); });
      const dump = h5pyDump(path);
      for (const weight of weights) {
        assert.equal(dump[weight.metadata.hash]?.data, (await bytesOf(weight)).toString('hex'));
        if (weight.metadata.hash === x0) assert.equal(dump[x0]?.attributes['hash'], x0);
      }
    }));
  }

  it('a dataset of another type and shape is replaced; h5py lists, adds and deletes in that group afterwards', () => withCopy(fixture('corrupt/flipped-byte-gzip.h5'), async (path) => {
    const weights = await good();
    python(`
import h5py, sys, numpy as np
with h5py.File(sys.argv[1], 'a') as f:
    for key in ${JSON.stringify(all)}:
        del f['weights/' + key]; f['weights'].create_dataset(key, data=np.zeros(5, 'i8'))
print(1)`, path);
    await withStore(path, { mode: 'write' }, async (store) => {
      await Promise.all(weights.map((weight) => store.write(weight)));
      assert.deepEqual(await store.list(), all);
    });
    const names = python<string[]>(`
import h5py, sys, json, numpy as np
with h5py.File(sys.argv[1], 'a') as f:
    w = f['weights']
    for i in range(50): w.create_dataset('%016x' % i, data=np.zeros(3, 'f4'))
    for i in range(50): del w['%016x' % i]
    print(json.dumps(sorted(w.keys())))`, path);
    assert.deepEqual(names.filter((name) => all.includes(name)), all);
    await withStore(path, {}, async (store) => { for (const { metadata: { hash } } of weights) assert.equal((await bytesOf(await store.read(hash))).byteLength, 1600); });
  }));

  it('says what to do where it cannot replace a dataset', () => withCopy(fixture('corrupt/odd-names.h5'), async (path) => {
    const weights = await good();
    python(`
import h5py, sys
with h5py.File(sys.argv[1], 'a') as f: del f['weights/${x0}']; f['weights'].create_dataset('${x0}', data=[1, 2])
print(1)`, path);
    await withStore(path, { mode: 'write' }, async (store) => {
      const results = await Promise.allSettled(weights.map((weight) => store.write(weight, { force: true })));
      const failures = results.filter((result) => result.status === 'rejected');
      assert.equal(failures.length, 1);
      await rejects(Promise.reject(failures[0]?.reason as Error), 'unsupported', /Delete it with h5py/, x0);
      assert.deepEqual(await store.list(), all.filter((hash) => hash !== x0));
    });
  }));

  it('every entry of a group can be replaced', () => withCopy(fixture('h5-variants/many-300.h5'), async (path) => {
    const weights = await withStore(path, {}, async (store) => {
      const hashes = await store.list();
      return Promise.all(hashes.map(async (hash) => {
        const weight = await store.read(hash);
        assert.ok(weight);
        return Weight.from(weight.metadata, await bytesOf(weight));
      }));
    });
    assert.equal(weights.length, 300);
    python(`
import h5py, sys, numpy as np
with h5py.File(sys.argv[1], 'a') as f:
    for key in list(f['weights']): del f['weights'][key].attrs['shape']
    for key in list(f['weights']): d = f['weights'][key]; f.move('weights/' + key, 'x'); del f['x']; f['weights'].create_dataset(key, data=np.zeros(2, 'i2'))
print(1)`, path);
    await withStore(path, { mode: 'write' }, async (store) => {
      assert.deepEqual(await store.list(), []);
      await Promise.all(weights.map((weight) => store.write(weight)));
    });
    assert.equal(Object.keys(h5pyDump(path)).length, 300);
    python('import h5py, sys\nwith h5py.File(sys.argv[1], "a") as f:\n  for key in list(f["weights"]): del f["weights"][key]\nprint(1)', path);
    await withStore(path, {}, async (store) => assert.deepEqual(await store.list(), []));
    assert.ok(readFileSync(path).byteLength > 0);
  }));
});
