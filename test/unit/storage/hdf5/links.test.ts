import assert from 'node:assert/strict';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { compactStore } from '../../../../src/core/storage/hdf5/compactStore';
import { journalPath } from '../../../../src/core/storage/hdf5/journalFile';
import { quarantineFile } from '../../../../src/core/storage/hdf5/quarantine';
import { madeUpJournal, tearStore, tearStoreAsBefore } from '../../../samples/tornStore';
import { fixture, lockLetGo, noiseWeight, withFolder, withStore } from './stores';

const many = fixture('h5-variants/many-300.h5');
const basic = fixture('basic/remote/weights.h5');
const nothing = (): void => undefined;

/** disk/weights.h5, and links to it in a and b. */
function twoLinks(folder: string, source: string): { real: string; a: string; b: string } {
  const [real = '', a = '', b = ''] = ['disk', 'a', 'b'].map((name) => {
    mkdirSync(join(folder, name));
    return join(folder, name, 'weights.h5');
  });
  copyFileSync(source, real);
  symlinkSync(real, a);
  symlinkSync('../disk/weights.h5', b);
  return { real, a, b };
}

const list = (path: string, warn: (text: string) => void = nothing): Promise<string[]> => withStore(path, { onWarning: warn }, (store) => store.list());

describe('HDF5Store through a link', function () {
  this.timeout(60_000);

  it('a killed write is undone whichever way the store is opened next', () => withFolder(async (folder) => {
    const { real, a, b } = twoLinks(folder, many);
    const before = readFileSync(real);
    for (const tear of [tearStore, tearStoreAsBefore]) {
      for (const path of [a, b, real]) {
        tear(real);
        assert.equal((await list(path)).length, 300);
        assert.ok(readFileSync(real).equals(before));
        assert.deepEqual(readdirSync(join(folder, 'disk')), ['weights.h5']);
      }
    }
  }));

  it('what is at work beside a store is beside the file, not beside the link', () => withFolder(async (folder) => {
    const { real, a } = twoLinks(folder, basic);
    await withStore(a, { mode: 'write' }, async (store) => {
      // Too large to wait in memory, so that it waits in a file.
      const writing = store.write(noiseWeight('large', [2300, 2048], 1));
      const seen = new Set<string>();
      const watch = setInterval(() => { for (const where of ['a', 'disk']) for (const name of readdirSync(join(folder, where))) seen.add(`${where}/${name}`); }, 1);
      await writing.finally(() => { clearInterval(watch); });
      assert.ok([...seen].some((name) => name.startsWith('disk/weights.h5.spool-')), [...seen].join());
      assert.deepEqual([...seen].filter((name) => name.startsWith('a/')), ['a/weights.h5']);
    });
    assert.equal((await list(real)).length, 5);
  }));

  it('a journal beside a link, made up or carried off, changes not a byte of what the link leads to', () => withFolder(async (folder) => {
    const { real, a } = twoLinks(folder, many);
    tearStore(real);
    renameSync(journalPath(real), journalPath(a));
    const keys = join(folder, 'keys');
    writeFileSync(keys, 'the owner\'s line\n'.repeat(9));
    mkdirSync(join(folder, 'c'));
    symlinkSync(keys, join(folder, 'c/weights.h5'));
    writeFileSync(journalPath(join(folder, 'c/weights.h5')), madeUpJournal(Buffer.from('a stranger\'s line\n')));
    for (const [path, outside] of [[a, real], [join(folder, 'c/weights.h5'), keys]] as const) {
      const before = readFileSync(outside);
      await list(path).catch(nothing);
      if (outside === keys) await withStore(path, { mode: 'write' }, (store) => store.write(noiseWeight('w', [4], 1))).catch(nothing);
      assert.ok(readFileSync(outside).equals(before));
      assert.ok(existsSync(journalPath(path)));
    }
  }));

  it('a link to nothing yet makes the store where it leads', () => withFolder(async (folder) => {
    mkdirSync(join(folder, 'disk'));
    const link = join(folder, 'weights.h5');
    symlinkSync('disk/store.h5', link);
    assert.deepEqual(await list(link), []);
    await withStore(link, { mode: 'write' }, (store) => store.write(noiseWeight('w', [4], 1)));
    await lockLetGo();
    assert.deepEqual([readdirSync(folder), readdirSync(join(folder, 'disk'))], [['disk', 'weights.h5'], ['store.h5']]);
    assert.equal((await list(link)).length, 1);
  }));

  it('a link that is put in the place of an open store is not followed', () => withFolder(async (folder) => {
    const [path, victim] = [join(folder, 'weights.h5'), join(folder, 'victim.h5')];
    for (const copy of [path, victim]) copyFileSync(basic, copy);
    const before = readFileSync(victim);
    await withStore(path, { mode: 'write' }, async (store) => {
      await store.list();
      await lockLetGo();
      renameSync(path, `${path}.away`);
      symlinkSync(victim, path);
      await assert.rejects(store.write(noiseWeight('w', [4], 1)), (error) => CoralError.is(error, 'conflict') && /replaced by a link/.test(error.message));
    });
    assert.ok(readFileSync(victim).equals(before));
  }));

  it('prune replaces the file and leaves the link; what is no store is moved, not the link to it', () => withFolder(async (folder) => {
    const { real, a } = twoLinks(folder, basic);
    const [hash = ''] = await list(a);
    await compactStore(a, [{ kind: 'weight', hash }], { confirm: () => Promise.resolve() });
    assert.ok(lstatSync(a).isSymbolicLink() && lstatSync(real).isFile());
    assert.equal((await list(real)).length, 3);
    const content = readFileSync(real);
    const moved = await quarantineFile(a, join(folder, 'quarantine'));
    assert.ok(lstatSync(moved).isFile() && readFileSync(moved).equals(content));
    assert.equal(existsSync(real), false);
  }));
});

describe('A journal beside a store', function () {
  this.timeout(60_000);

  it('that is another file\'s or was made up is set aside, and changes not a byte', () => withFolder(async (folder) => {
    const [mine, other] = [join(folder, 'weights.h5'), join(folder, 'other.h5')];
    copyFileSync(many, mine);
    copyFileSync(basic, other);
    tearStore(other);
    const forged = madeUpJournal(readFileSync(basic).subarray(0, 4096));
    const damaged = readFileSync(journalPath(other));
    damaged[20]! ^= 1;
    const before = readFileSync(mine);
    for (const journal of [readFileSync(journalPath(other)), forged, damaged, Buffer.alloc(100, 1), Buffer.from('some text, longer than the head of a journal'.repeat(9))]) {
      writeFileSync(journalPath(mine), journal);
      const warnings: string[] = [];
      assert.equal((await list(mine, (text) => warnings.push(text))).length, 300);
      assert.match(warnings.join(), /Beside .*weights\.h5 lay a journal that is not its own\. It was not used, and lies in .*weights\.h5\.journal\.kept-\S+ now\. All weights in it can be listed\.$/);
      assert.ok(readFileSync(mine).equals(before));
      assert.equal(existsSync(journalPath(mine)), false);
    }
    const kept = readdirSync(folder).filter((name) => name.startsWith('weights.h5.journal.kept-'));
    assert.equal(kept.length, 5);
  }));

  it('that was copied together with its store undoes the write there', () => withFolder(async (folder) => {
    const [original, copy] = [join(folder, 'one.h5'), join(folder, 'two.h5')];
    copyFileSync(many, original);
    tearStore(original);
    copyFileSync(original, copy);
    copyFileSync(journalPath(original), journalPath(copy));
    assert.equal((await list(copy)).length, 300);
    assert.ok(readFileSync(copy).equals(readFileSync(many)));
  }));

  it('that is not its own, beside a store that is damaged, is told with what to do', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    copyFileSync(many, path);
    tearStore(path);
    writeFileSync(journalPath(path), Buffer.alloc(100, 1));
    const torn = readFileSync(path);
    torn.fill(0xaa, 0, 20);
    writeFileSync(path, torn);
    await assert.rejects(list(path), (error) => CoralError.is(error, 'corrupt') && /is not its own\. .*Restore it from a copy, or move it away and pull the weights again\.$/.test(error.message));
    assert.ok(readFileSync(path).equals(torn));
  }));
});
