import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { compactStore } from '../../../../src/core/storage/hdf5/compactStore';
import { quarantine } from '../../../../src/core/storage/hdf5/quarantine';
import { tearStore } from '../../../samples/tornStore';
import { h5pyDump, python } from './python';
import { bytesOf, fixture, noiseWeight, withFolder, withStore } from './stores';

/** The weights of a store in a file with a user block; the first "moved" bytes of it are put there afterwards, as h5jam does. */
const make = `
import h5py, sys
source, path, size, moved, libver = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
options = {'userblock_size': size} if size else {}
with h5py.File(source, 'r') as old, h5py.File(path, 'w', libver=(libver, 'latest') if libver != 'earliest' else None, **options) as new:
    for name in old: old.copy(name, new)
data = open(path, 'rb').read()
open(path, 'wb').write(b'#!/bin/sh\\n'.ljust(moved or size, b'u')[:moved or size] + data[0 if moved else size:])
print(1)`;

describe('HDF5Store with a user block', function () {
  this.timeout(60_000);
  const source = fixture('basic/remote/weights.h5');

  for (const [size, moved, libver] of [[512, 0, 'earliest'], [1024, 0, 'earliest'], [4096, 0, 'earliest'], [0, 512, 'earliest'], [2048, 0, 'v108'], [512, 0, 'v110']] as const) {
    it(`of ${size || moved} bytes${moved ? ', put before the data afterwards' : ''} (${libver}): reads, writes, undoes, prunes; h5py reads what comes of it`, () => withFolder(async (folder) => {
      const path = join(folder, 'weights.h5');
      python(make, source, path, String(size), String(moved), libver);
      const block = readFileSync(path).subarray(0, size || moved);
      const expected = await withStore(source, {}, async (store) => Promise.all((await store.list()).map(async (hash) => [hash, await bytesOf(await store.read(hash))] as const)));
      const fresh = noiseWeight('fresh', [30, 30], 3);
      await withStore(path, { mode: 'write' }, async (store) => {
        for (const [hash, bytes] of expected) assert.ok((await bytesOf(await store.read(hash))).equals(bytes));
        await store.write(fresh);
        await store.write((await store.read(expected[0]![0]))!, { force: true });
      });
      const all = [...expected.map(([hash]) => hash), fresh.metadata.hash].sort();
      assert.deepEqual(Object.keys(h5pyDump(path)).sort(), all);
      const whole = readFileSync(path);
      tearStore(path);
      await withStore(path, {}, async (store) => assert.deepEqual(await store.list(), all));
      assert.ok(readFileSync(path).equals(whole));
      await withStore(path, {}, async (store) => {
        const kept = await quarantine(store, path, { kind: 'weight', hash: fresh.metadata.hash }, join(folder, 'quarantine'));
        assert.ok(readFileSync(kept!).includes(await bytesOf(fresh)) || readFileSync(kept!).equals(whole));
      });
      await compactStore(path, [{ kind: 'weight', hash: all[0]! }], { confirm: () => Promise.resolve() });
      assert.deepEqual(Object.keys(h5pyDump(path)).sort(), all.slice(1));
      await compactStore(path, all.slice(1).map((hash) => ({ kind: 'weight', hash })), { confirm: () => Promise.resolve() });
      assert.deepEqual(h5pyDump(path), {});
      assert.ok(readFileSync(path).subarray(0, block.length).equals(block), 'the user block is kept');
      await withStore(path, { mode: 'write' }, (store) => store.write(fresh));
      assert.deepEqual(Object.keys(h5pyDump(path)), [fresh.metadata.hash]);
    }));
  }
});
