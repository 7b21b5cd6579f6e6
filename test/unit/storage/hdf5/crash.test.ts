import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { Journal } from '../../../../src/core/storage/hdf5/journal';
import { journalPath } from '../../../../src/core/storage/hdf5/journalFile';
import { readAt, readSuperblock } from '../../../../src/core/storage/hdf5/superblock';
import { noLock } from '../../../../src/core/storage/hdf5/fileLock';
import { Transaction } from '../../../../src/core/storage/hdf5/transaction';
import { killSwitch } from '../../../samples/killSwitch';
import { writeSome } from './writeSome';
import { python } from './python';
import { bytesOf, fixture, lockLetGo, noiseWeight, withCopy, withFolder, withStore } from './stores';

const child = new URL('./crashChild.mjs', import.meta.url).pathname;

interface Run {
  readonly killed: boolean;
  /** weights whose write had resolved */
  readonly acknowledged: readonly string[];
}

const never = (): never => { throw new Error('not to be called'); };

/** A process that is really killed. */
function runChild(path: string, mode: 'write' | 'read', at: number, torn: boolean): Run {
  const { stdout, stderr, signal, status } = spawnSync(process.execPath, [child, path, mode, String(at), ...(torn ? ['torn'] : [])], { encoding: 'utf8' });
  assert.ok(signal === 'SIGKILL' || status === 0, stderr);
  return { killed: signal === 'SIGKILL', acknowledged: stdout.split('\n').filter((line) => line !== '') };
}

/** The same in this process, faster: from that point on nothing more reaches the disk. */
async function runHere(path: string, at: number, torn: boolean): Promise<Run & { changes: number }> {
  const acknowledged: string[] = [];
  const disk = killSwitch(at, torn, () => { throw new Error('killed'); });
  try {
    await writeSome(path, (hash) => acknowledged.push(hash));
  } catch (error) {
    if (at === 0) throw error;
  } finally {
    disk.restore();
  }
  return { killed: at > 0 && disk.changes() >= at, acknowledged, changes: disk.changes() };
}

/** For each file: the hashes of the weights that h5py reads in full; null when it cannot read the file. */
function h5pyReads(paths: string[]): (string[] | null)[] {
  return python(`
import h5py, sys, json, xxhash, numpy as np
def read(path):
    try:
        with h5py.File(path, 'r') as f:
            return [k for k, d in f['weights'].items() if xxhash.xxh3_64(str(d.shape).encode() + d.dtype.name.encode() + np.asarray(d[()]).tobytes()).hexdigest() == k == d.attrs['hash']]
    except Exception: return None
print(json.dumps([read(p) for p in sys.argv[1:]]))`, ...paths);
}

describe('HDF5Store, killed', function () {
  this.timeout(180_000);
  const basic = fixture('basic/remote/weights.h5');
  /** CORAL_ALL_POINTS=1 tries many more. */
  const points = (few: number, all: number): number => (process.env['CORAL_ALL_POINTS'] === undefined ? few : all);
  const cases: [string, string | undefined, number, boolean][] = [
    ['a store by h5py, cut off from the disk', basic, points(16, 120), false], ['a store by h5py, SIGKILL', basic, points(4, 12), true],
    ['a new store, cut off from the disk', undefined, points(8, 40), false],
  ];
  for (const [name, start, count, real] of cases) {
    it(`${name}: every old and every acknowledged weight is there`, () => withFolder(async (folder) => {
      const begin = (file: string): string => {
        const path = join(folder, file);
        if (start !== undefined) copyFileSync(start, path);
        return path;
      };
      const old = start === undefined ? [] : await withStore(start, {}, (store) => store.list());
      const { changes, acknowledged } = await runHere(begin('whole.h5'), 0, false);
      assert.equal(acknowledged.length, 7);
      const kills: (Run & { readonly path: string; readonly at: number })[] = [];
      for (let [i, lastPoint] = [0, changes]; i < count;) {
        const [at, torn] = [1 + Math.floor((i * lastPoint) / count), i % 2 === 1];
        const path = begin(`kill-${i}-${lastPoint}.h5`);
        const run = real ? runChild(path, 'write', at, torn) : await runHere(path, at, torn);
        // How the writes fall into commits differs from run to run, and so does the number of changes: this time they were fewer.
        if (!run.killed) lastPoint = Math.floor(lastPoint * 0.9);
        else i = kills.push({ path, at, ...run });
      }
      const paths = kills.map(({ path }) => path);
      const holds = ({ path, acknowledged: known }: Run & { path: string }, found: readonly string[] | null | undefined): boolean =>
        [...old, ...known].every((hash) => found?.includes(hash)) || [...old, ...known].length + (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
      const asLeft = h5pyReads(paths);
      for (const kill of kills) {
        await withStore(kill.path, {}, async (store) => {
          const hashes = await store.list();
          for (const hash of hashes) await bytesOf(await store.read(hash));
          assert.ok(holds(kill, hashes), `after a kill at change ${kill.at}`);
        });
        assert.equal(existsSync(journalPath(kill.path)), false);
      }
      h5pyReads(paths).forEach((read, i) => assert.ok(holds(kills[i]!, read), `h5py, after a kill at change ${kills[i]!.at}`));
      console.log(`      of ${count} kills at about ${changes} possible points, h5py could read ${asLeft.filter((read, i) => holds(kills[i]!, read)).length} even before the recovery`);
    }));
  }

  it('in the recovery itself, again and again', () => withCopy(fixture('h5-variants/many-300.h5'), async (path) => {
    const before = readFileSync(path);
    tearCommit(path);
    let killed = 0;
    while (runChild(path, 'read', 1 + killed, killed % 2 === 1).killed) killed += 1;
    assert.ok(killed > 3, `killed ${killed} times`);
    assert.ok(readFileSync(path).equals(before));
    await withStore(path, {}, async (store) => assert.equal((await store.list()).length, 300));
  }));

  /** Leaves the file as a kill in the middle of a commit does. */
  function tearCommit(path: string): void {
    const superblock = readSuperblock(path);
    assert.ok(superblock);
    const fd = openSync(path, 'r+');
    const journal = new Journal(path, fd, superblock);
    const old = [0, 1, 2, 3, 4].map((page) => readAt(fd, page * 4096, 4096));
    const overwrites = old.map((before, page) => ({ position: page * 4096, before, after: Buffer.from(before).fill(0xaa) }));
    journal.save(overwrites);
    closeSync(fd);
    const torn = readFileSync(path);
    torn.fill(0xaa, 4096, 4 * 4096 + 2000);
    writeFileSync(path, Buffer.concat([torn, Buffer.alloc(10_000, 0xbb)]));
  }
});

describe('The journal', function () {
  this.timeout(60_000);

  it('of a torn header or record undoes what it can and is gone', () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
    const before = readFileSync(path);
    for (const bytes of [Buffer.alloc(0), Buffer.from('COR'), Buffer.from('CORALJ03'), Buffer.concat([Buffer.from('CORALJ04'), Buffer.alloc(70)]), Buffer.alloc(5000)]) {
      writeFileSync(journalPath(path), bytes);
      await withStore(path, {}, async (store) => assert.equal((await store.list()).length, 4));
      assert.equal(existsSync(journalPath(path)), false);
      assert.ok(readFileSync(path).equals(before));
    }
  }));

  it('is kept aside, with a warning, when h5py has written since', () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
    abandon(path);
    python(`
import h5py, sys
with h5py.File(sys.argv[1], 'a') as f: f.copy('weights/a4c2120e2efb74e4', 'weights/0000000000000000')
print(1)`, path);
    const since = readFileSync(path);
    const warnings: string[] = [];
    await withStore(path, { onWarning: (text) => warnings.push(text) }, async (store) => {
      await assert.rejects(store.metadata('0000000000000000'), (error) => CoralError.is(error, 'corrupt') && /another program has written/.test(error.message));
    });
    python(`
import h5py, sys
with h5py.File(sys.argv[1], 'a') as f: del f['weights/0000000000000000']
print(1)`, path);
    assert.equal(readdirSync(join(path, '..')).filter((name) => name.includes('.journal.kept-')).length, 1);
    assert.notDeepEqual(readFileSync(path), since);
    abandon(path);
    python(`
import h5py, sys
with h5py.File(sys.argv[1], 'a') as f: del f['weights/a4c2120e2efb74e4']
print(1)`, path);
    await withStore(path, { onWarning: (text) => warnings.push(text) }, async (store) => assert.equal((await store.list()).length, 3));
    assert.match(warnings.join(), /another program has written to it since.*All weights in it can be listed/);
    assert.equal(readdirSync(join(path, '..')).filter((name) => name.includes('.journal.kept-')).length, 2);
  }));

  it('undoes what it must when h5py has only opened the file since, or changed what lies elsewhere', () => withCopy(fixture('h5-variants/many-300.h5'), async (path) => {
    const [hash = ''] = await withStore(path, {}, (store) => store.list());
    const changed = `
import h5py, sys
with h5py.File(sys.argv[1], 'a') as f: f['weights/' + sys.argv[2]][...] = 7
print(1)`;
    for (const script of ['import h5py, sys\nh5py.File(sys.argv[1], "a").close()\nprint(1)', changed]) {
      abandon(path);
      writeFileSync(path, Buffer.alloc(9000), { flag: 'a' });
      python(script, path, hash);
      const since = readFileSync(path);
      await withStore(path, { onWarning: never }, async (store) => assert.equal((await store.list()).length, 300));
      assert.ok(readFileSync(path).equals(since.subarray(0, readSuperblock(path)?.end)));
      assert.equal(existsSync(journalPath(path)), false);
    }
  }));

  it('undoes nothing once all that was written is known to be on disk: others may have built on it', () => withFolder(async (folder) => {
    const weight = noiseWeight('w', [10], 1);
    const copies: string[] = [];
    for (let [at, done] = [1, false]; !done; at += 1) {
      const path = join(folder, `${at}.h5`);
      copyFileSync(fixture('basic/remote/weights.h5'), path);
      const disk = killSwitch(at, false, () => { throw new Error('killed'); });
      await withStore(path, { mode: 'write' }, (store) => store.write(weight)).catch(() => undefined);
      disk.restore();
      done = disk.changes() < at;
      if (!done) copies.push(path);
    }
    const seen = h5pyReads(copies).map((hashes) => hashes?.includes(weight.metadata.hash) === true);
    const kept = await Promise.all(copies.map((path) => withStore(path, {}, (store) => store.has(weight.metadata.hash))));
    // Only between the last write and the note that it is on disk, what h5py can see is undone.
    assert.ok(kept.filter(Boolean).length >= 1);
    assert.equal(seen.filter((visible, i) => visible && !kept[i]).length, 2);
  }));

  it('of another version is left to that version', () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
    writeFileSync(journalPath(path), Buffer.concat([Buffer.from('CORALJ05'), Buffer.alloc(200)]));
    await withStore(path, {}, (store) => assert.rejects(store.list(), (error) => CoralError.is(error, 'unsupported') && /another version/.test(error.message)));
    assert.equal(existsSync(journalPath(path)), true);
  }));

  it('of a file that was replaced does not touch the new one', () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
    abandon(path);
    const other = readFileSync(fixture('h5-variants/many-300.h5'));
    writeFileSync(`${path}.new`, other);
    python('import os, sys\nos.replace(sys.argv[1] + ".new", sys.argv[1])\nprint(1)', path);
    await withStore(path, {}, async (store) => assert.equal((await store.list()).length, 300));
    assert.ok(readFileSync(path).equals(other));
  }));

  it('holds what many overwritten pages were, when they are too many for memory', () => withFolder((folder) => {
    const path = join(folder, 'file');
    const before = Buffer.alloc(9000 * 4096 + 100, 1);
    writeFileSync(path, before);
    for (const outcome of ['rollBack', 'commit'] as const) {
      const transaction = new Transaction(path, { end: before.byteLength, endPosition: 0 }, noLock);
      for (let at = 10; at < before.byteLength; at += 4096) transaction.write(at, Buffer.alloc(100, 2));
      transaction.write(before.byteLength - 50, Buffer.alloc(100, 3));
      assert.ok(existsSync(journalPath(path)));
      assert.equal(transaction.read(10, 1)[0], 2);
      transaction[outcome]();
      assert.equal(existsSync(journalPath(path)), false);
      const after = readFileSync(path);
      if (outcome === 'rollBack') assert.ok(after.equals(before));
      else assert.deepEqual([after.byteLength, after[9], after[10], after[8999 * 4096 + 109], after[8999 * 4096 + 110], after.at(-1)], [before.byteLength + 50, 1, 2, 2, 1, 3]);
    }
  }));

  it('of one who may not write is an error that says so', function () {
    if (process.getuid?.() === 0) {
      console.log('      skipped: root may write anywhere');
      this.skip();
    }
    return withCopy(fixture('basic/remote/weights.h5'), async (path) => {
      abandon(path);
      python('import os, sys\nos.chmod(sys.argv[1], 0o444)\nprint(1)', path);
      await withStore(path, {}, (store) => assert.rejects(store.list(), /takes write permission/));
    });
  });

  /** A journal whose writer died before it overwrote anything. */
  function abandon(path: string): void {
    const superblock = readSuperblock(path);
    assert.ok(superblock);
    const fd = openSync(path, 'r');
    const journal = new Journal(path, fd, superblock);
    const before = readAt(fd, 0, 4096);
    journal.save([{ position: 0, before, after: before }]);
    closeSync(fd);
  }

  it('does not outlive a write', () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
    await withStore(path, { mode: 'write' }, async (store) => {
      const weight = await store.read('a4c2120e2efb74e4');
      assert.ok(weight);
      await store.write(weight, { force: true });
      await lockLetGo();
      assert.deepEqual(readdirSync(join(path, '..')), ['weights.h5']);
    });
  }));
});
