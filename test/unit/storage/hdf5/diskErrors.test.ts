import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { failingDisk } from '../../../samples/failingDisk';
import { hold } from './python';
import { fixture, lockLetGo, noiseWeight, withCopy, withFolder, withStore } from './stores';

describe('HDF5Store on a disk that fails', function () {
  this.timeout(60_000);

  for (const [code, reason, says] of [
    ['EIO', 'invalid', /weights\.h5\S* could not be written \(EIO: [^)]*\)\. Nothing in it was changed\. Check the drive, or the connection to it, and try again\.$/],
    ['ENOSPC', 'full', /There is no space left for .*weights\.h5/],
    ['EROFS', 'denied', /You may not (read or )?write (to )?.*weights\.h5/],
  ] as const) {
    it(`${code} while it is written to, at any point: it is said that it could not be written, and why; nothing is lost`, () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
      const old = await withStore(path, {}, (store) => store.list());
      let failed = 0;
      for (let at = 1; ; at += 1) {
        const disk = failingDisk(at, code);
        const result = await withStore(path, { mode: 'write', compression: 'none' }, (store) => store.write(noiseWeight(`w${at}`, [40, 40], at)))
          .then(() => 'written' as const, (error: unknown) => error).finally(() => { disk.restore(); });
        if (disk.calls() < at) break;
        failed += 1;
        if (result !== 'written') {
          assert.ok(CoralError.is(result, reason), `at call ${at}: ${String(result)}`);
          assert.match(result.message, says, `at call ${at}`);
        }
        await withStore(path, {}, async (store) => {
          const found = await store.list();
          assert.deepEqual(old.filter((hash) => !found.includes(hash)), []);
        });
      }
      assert.ok(failed > 5, `${failed} failures`);
      await lockLetGo();
      assert.deepEqual(readdirSync(join(path, '..')), ['weights.h5']);
    }));
  }
});

describe('HDF5Store and the clock', function () {
  this.timeout(30_000);
  const { now } = Date;
  afterEach(() => { Date.now = now; });

  it('set back by an hour after a long hold, nobody waits for it', () => withCopy(fixture('h5-variants/many-300.h5'), async (path) => {
    await withStore(path, { mode: 'write' }, async (store) => {
      await store.list();
      // The next task finds the lock still held, by then for longer than is good, so that it is let go and a pause follows.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
      await store.list();
      Date.now = () => now() - 3_600_000;
      const began = performance.now();
      await store.list();
      await store.write(noiseWeight('w', [4], 1));
      assert.ok(performance.now() - began < 5_000);
    });
  }));

  it('set back while a lock is waited for, the wait ends in its time', () => withCopy(fixture('basic/remote/weights.h5'), async (path) => {
    const holder = await hold(path, 'a');
    await withStore(path, { lockTimeoutMs: 700 }, async (store) => {
      const listing = store.list();
      await delay(100);
      Date.now = () => now() - 3_600_000;
      await assert.rejects(listing, (error) => CoralError.is(error, 'busy'));
    });
    await holder.release();
  }));
});

describe('A new HDF5Store', function () {
  this.timeout(60_000);

  it('takes the place of an empty file, with its mode, only while that is empty', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    writeFileSync(path, '', { mode: 0o640 });
    await withStore(path, { mode: 'write' }, (store) => store.write(noiseWeight('w', [4], 1)));
    await lockLetGo();
    assert.deepEqual(readdirSync(folder), ['weights.h5']);
    assert.equal(statSync(path).mode & 0o777, 0o640);
    assert.ok(readFileSync(path).length > 2000);
  }));

  it('that two make at once holds what both wrote', () => withFolder(async (folder) => {
    for (let round = 0; round < 10; round += 1) {
      const path = join(folder, `${round}/weights.h5`);
      await Promise.all([1, 2, 3].map((seed) => withStore(path, { mode: 'write' }, (store) => store.write(noiseWeight(`w${seed}`, [4], seed)))));
      await withStore(path, {}, async (store) => assert.equal((await store.list()).length, 3));
    }
  }));
});
