import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { FileRefs } from '../../../../src/core/remotes/fileRefs';
import { LockBeside } from '../../../../src/core/storage/hdf5/lockBeside';
import { fixture, noiseWeight, withFolder, withStore } from './stores';

/** What may lie where a file should, by what is said of it. */
const kinds: Readonly<Record<string, (path: string) => Promise<void> | void>> = {
  'a pipe': (path) => { execFileSync('mkfifo', [path]); },
  'a device': (path) => { symlinkSync('/dev/zero', path); },
  'a folder': (path) => { mkdirSync(path); },
  'a socket': (path) => new Promise((resolve) => { createServer().listen(path, resolve).unref(); }),
};
const isTold = (path: string, kind: string) => (error: unknown): boolean => {
  assert.ok(CoralError.is(error, 'corrupt'), String(error));
  assert.match(error.message, new RegExp(`${path} is (${kind}, not a file|a link, not a (journal|lock))\\.`));
  return true;
};

describe('HDF5Store where something else lies than a file', function () {
  this.timeout(5_000);

  before(function () {
    if (process.platform === 'win32') {
      console.log('      skipped: Windows has no such files');
      this.skip();
    }
  });

  for (const [kind, make] of Object.entries(kinds)) {
    it(`${kind} as the store`, () => withFolder(async (folder) => {
      const path = join(folder, 'weights.h5');
      await make(path);
      const found = lstatSync(path).isSymbolicLink() ? '/dev/zero' : path;
      await withStore(path, { mode: 'write' }, async (store) => {
        await assert.rejects(store.list(), isTold(found, kind));
        await assert.rejects(store.write(noiseWeight('w', [4], 1)), isTold(found, kind));
      });
    }));

    it(`${kind} as its journal`, () => withFolder(async (folder) => {
      const path = join(folder, 'weights.h5');
      copyFileSync(fixture('basic/remote/weights.h5'), path);
      await make(`${path}.journal`);
      const before = readFileSync(path);
      await withStore(path, { mode: 'write' }, async (store) => {
        await assert.rejects(store.list(), isTold(`${path}.journal`, kind));
        await assert.rejects(store.write(noiseWeight('w', [4], 1)), isTold(`${path}.journal`, kind));
      });
      assert.ok(readFileSync(path).equals(before));
    }));

    it(`${kind} as a lock beside it`, () => withFolder(async (folder) => {
      const path = join(folder, 'weights.h5');
      await make(`${path}.lock`);
      assert.throws(() => new LockBeside(path).take('exclusive', false), isTold(`${path}.lock`, kind));
    }));

    it(`${kind} as refs.json.lock`, () => withFolder(async (folder) => {
      const path = join(folder, 'refs.json.lock');
      await make(path);
      const found = lstatSync(path).isSymbolicLink() ? '/dev/zero' : path;
      await assert.rejects(new FileRefs(folder).update(() => '{}'), isTold(found, kind));
    }));
  }

  it('a link as the journal is not followed, whatever it leads to', () => withFolder(async (folder) => {
    const [path, outside] = [join(folder, 'weights.h5'), join(folder, 'outside')];
    copyFileSync(fixture('basic/remote/weights.h5'), path);
    writeFileSync(outside, 'the owner\'s line\n');
    symlinkSync(outside, `${path}.journal`);
    await withStore(path, {}, (store) => assert.rejects(store.list(), isTold(`${path}.journal`, 'a link')));
    assert.equal(readFileSync(outside, 'utf8'), 'the owner\'s line\n');
  }));
});
