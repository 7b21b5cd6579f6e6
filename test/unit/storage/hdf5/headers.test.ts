import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { Catalog, weightsGroup } from '../../../../src/core/storage/hdf5/catalog';
import { Hdf5File } from '../../../../src/core/storage/hdf5/hdf5File';
import { Hdf5Instance } from '../../../../src/core/storage/hdf5/hdf5Instance';
import { MemberAddresses } from '../../../../src/core/storage/hdf5/symbolTable';
import { fixture, noiseWeight, withCopy, withFolder, withStore } from './stores';

async function withFile<T>(path: string, use: (file: Hdf5File) => T): Promise<T> {
  const instance = await Hdf5Instance.create(path);
  const file = Hdf5File.openToRead(instance, path);
  assert.ok(file);
  try {
    return use(file);
  } finally {
    file.close();
    instance.release();
  }
}

/** What is returned, or the reason of the error that is thrown. */
function outcome<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return CoralError.from(error, 'corrupt').reason;
  }
}

/** How often HDF5 is called meanwhile. */
function callsDuring(file: Hdf5File, work: () => void): number {
  const { instance } = file;
  const call = instance.call.bind(instance);
  let calls = 0;
  Object.assign(instance, { call: (each: Parameters<typeof call>[0]) => { calls += 1; return call(each); } });
  work();
  Reflect.deleteProperty(instance, 'call');
  return calls;
}

describe('Headers of datasets, read without HDF5', function () {
  this.timeout(120_000);
  const files = ['dtypes', 'h5-variants'].flatMap((folder) => readdirSync(fixture(folder)).filter((name) => name.endsWith('.h5')).map((name) => `${folder}/${name}`));
  for (const name of [...files, 'basic/remote/weights.h5', 'corrupt/attr-hash-wrong.h5', 'corrupt/attrs-missing.h5', 'corrupt/odd-names.h5', 'corrupt/huge-declared.h5']) {
    it(`${name}: say what HDF5 says`, () => withFile(fixture(name), (file) => {
      const catalog = new Catalog();
      const hashes = file.names(weightsGroup);
      assert.ok(hashes.length > 0);
      for (const hash of hashes) assert.deepEqual(outcome(() => catalog.describe(file, hash)), outcome(() => catalog.check(file, hash)), hash);
    }));
  }

  it('are read so in stores by h5py and by us', () => withFolder(async (folder) => {
    const ours = `${folder}/weights.h5`;
    await withStore(ours, { mode: 'write' }, (store) => Promise.all([[4], [300, 100], []].map((shape, i) => store.write(noiseWeight(`w${i}`, shape, i)))));
    for (const path of [ours, fixture('h5-variants/many-300.h5'), fixture('dtypes/weights-gzip.h5')]) {
      await withFile(path, (file) => {
        const catalog = new Catalog();
        const hashes = catalog.weights.list(file);
        const calls = callsDuring(file, () => { for (const hash of hashes) assert.ok(catalog.describe(file, hash)); });
        assert.equal(calls, 0, path);
      });
    }
  }));

  it('are found by the order of names, one by one as all at once', () => withFile(fixture('h5-variants/many-300.h5'), (file) => {
    const raw = file.raw!;
    const [addresses, once] = [MemberAddresses.of(raw, file.addressOf(weightsGroup))!, MemberAddresses.of(raw, file.addressOf(weightsGroup))!];
    const all = addresses.all(raw);
    assert.deepEqual([...all.keys()].sort(), file.names(weightsGroup));
    for (const [name, address] of all) assert.equal(once.find(raw, name), address, name);
    for (const absent of ['', '0', 'g', 'ffffffffffffffffff', `${file.names(weightsGroup)[150]}0`]) assert.equal(once.find(raw, absent), undefined, absent);
  }));

  it('a B-tree that leads back into itself: read by HDF5 alone', () => withCopy(fixture('h5-variants/many-300.h5'), async (path) => {
    const bytes = readFileSync(path);
    const isTop = (at: number): boolean => bytes.toString('latin1', at, at + 4) === 'TREE' && bytes[at + 4] === 0 && bytes[at + 5] === 1;
    const top = Array.from(bytes.keys()).find(isTop)!;
    const leaf = Number(bytes.readBigUInt64LE(top + 32));
    bytes.writeBigUInt64LE(BigInt(top), leaf + 32);
    writeFileSync(path, bytes);
    await withFile(path, (file) => {
      const raw = file.raw!;
      const addresses = MemberAddresses.of(raw, file.addressOf(weightsGroup))!;
      assert.throws(() => addresses.all(raw), /does not end/);
      for (const name of ['0', '00']) assert.throws(() => addresses.find(raw, name), /does not end/, name);
    });
  }));

  it('flipped bytes change nothing about that', () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
    const whole = readFileSync(path);
    const sound = await withFile(path, (file) => {
      const catalog = new Catalog();
      const addresses = MemberAddresses.of(file.raw!, file.addressOf(weightsGroup))!.all(file.raw!);
      return [...addresses].map(([hash, address]) => ({ hash, address, stored: catalog.check(file, hash) }));
    });
    const full = process.env['CORAL_ALL_POINTS'] !== undefined;
    const positions = sound.flatMap(({ address }) => Array.from({ length: 1100 }, (_, i) => address + i)).filter((at, i) => at < whole.byteLength && (full || i % 13 === 0));
    let missed = 0;
    const wrong: string[] = [];
    for (const at of positions) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (at % 8)), at);
      writeFileSync(path, bytes);
      // Each in a file opened anew: HDF5 may take a damaged header for a sound one when it meets it again.
      const outcomes = (read: 'describe' | 'check') => withFile(path, (file) => {
        const catalog = new Catalog();
        return sound.map(({ hash }) => outcome(() => catalog[read](file, hash)));
      });
      const [quick, byHdf5] = [await outcomes('describe'), await outcomes('check')];
      sound.forEach(({ hash, stored }, i) => {
        // Where HDF5 gives up because of something that we do not look at, what we say must still be true.
        const misses = typeof byHdf5[i] === 'string' && typeof quick[i] !== 'string';
        if (misses) missed += 1;
        if (!isDeepStrictEqual(quick[i], misses ? stored : byHdf5[i])) wrong.push(`byte ${at}, ${hash}: ${JSON.stringify(quick[i])}`);
      });
    }
    assert.deepEqual(wrong, []);
    console.log(`      ${positions.length} flips; ${missed} times HDF5 found a damage that the header does not tell of`);
  }));

  // HDF5 never comes back from the first two: it goes from object to object by their lengths, in 32 bits.
  for (const [what, object, length] of [['no length', 'free', 0], ['one that leads back', 'first', 0xffff_ffe0], ['one that leads out', 'first', 8192]] as const) {
    it(`a heap of texts in which an object has ${what}: damage, which HDF5 is not asked about`, () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
      const bytes = readFileSync(path);
      const heap = bytes.indexOf('GCOL');
      let at = heap + 16;
      while (object === 'free' && bytes.readUInt16LE(at) !== 0) at += 16 + Math.ceil(Number(bytes.readBigUInt64LE(at + 8)) / 8) * 8;
      bytes.writeBigUInt64LE(BigInt(length), at + 8);
      writeFileSync(path, bytes);
      await withFile(path, (file) => {
        const catalog = new Catalog();
        const [hash = ''] = catalog.weights.list(file);
        assert.throws(() => catalog.check(file, hash), (error) => CoralError.is(error, 'corrupt') && error.message.includes('damaged heap'));
      });
    }));
  }
});
