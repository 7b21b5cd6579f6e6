import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { lockFile } from '../../../../src/core/storage/hdf5/lockFile';
import { LockBeside } from '../../../../src/core/storage/hdf5/lockBeside';
import { thisMachine } from '../../../../src/core/storage/hdf5/machine';
import { readSuperblock } from '../../../../src/core/storage/hdf5/superblock';
import { Transaction } from '../../../../src/core/storage/hdf5/transaction';
import { h5pyOpens, hold } from './python';
import { fixture, lockLetGo, noiseWeight, withCopy, withFolder, withPath, withStore } from './stores';

describe('HDF5Store and a lock of h5py', function () {
  this.timeout(30_000);
  const store = fixture('basic/remote/weights.h5');

  it('waits for a writer, names it, and goes on when it is done', () => withCopy(store, async (path) => {
    const holder = await hold(path, 'a');
    const waiting: string[] = [];
    await withStore(path, { onWaiting: (text) => waiting.push(text) }, async (reader) => {
      const listing = reader.list();
      assert.equal(await Promise.race([listing.then(() => 'listed'), delay(500, 'waits')]), 'waits');
      await holder.release();
      assert.equal((await listing).length, 4);
    });
    assert.equal(waiting.length, 1, waiting.join(' '));
    if (process.platform === 'linux') assert.match(waiting[0]!, new RegExp(`^weights.h5 is held by python3.* \\(pid ${holder.pid}\\); waiting\\.$`));
  }));

  it('reads beside a reader, writes after it', () => withCopy(store, async (path) => {
    const holder = await hold(path, 'r');
    const waiting: string[] = [];
    await withStore(path, { mode: 'write', onWaiting: (text) => waiting.push(text) }, async (writer) => {
      assert.equal((await writer.list()).length, 4);
      assert.deepEqual(waiting, []);
      const writing = writer.write(noiseWeight('w', [10], 1));
      assert.equal(await Promise.race([writing.then(() => 'written'), delay(500, 'waits')]), 'waits');
      await holder.release();
      await writing;
      assert.equal((await writer.list()).length, 5);
    });
    assert.equal(waiting.length, 1, waiting.join(' '));
  }));

  it('a dead holder holds nothing', () => withCopy(store, async (path) => {
    const holder = await hold(path, 'a');
    await withStore(path, {}, async (reader) => {
      const listing = reader.list();
      await delay(200);
      process.kill(holder.pid, 'SIGKILL');
      const began = Date.now();
      await listing;
      assert.ok(Date.now() - began < 5_000);
    });
  }));

  it('gives up with "busy" after its time, and stays usable', () => withCopy(store, async (path) => {
    const holder = await hold(path, 'a');
    await withStore(path, { mode: 'write', lockTimeoutMs: 250 }, async (writer) => {
      await assert.rejects(writer.list(), (error) => CoralError.is(error, 'busy') && /is held by/.test(error.message));
      await assert.rejects(writer.write(noiseWeight('w', [10], 1)), (error) => CoralError.is(error, 'busy'));
      await holder.release();
      await writer.write(noiseWeight('w', [10], 1));
    });
  }));

  it('stops waiting when cancelled', () => withCopy(store, async (path) => {
    const holder = await hold(path, 'a');
    const stop = new AbortController();
    await withStore(path, {}, async (reader) => {
      const listing = reader.list(stop.signal);
      setTimeout(() => stop.abort(), 150);
      const began = Date.now();
      await assert.rejects(listing, (error) => CoralError.is(error, 'cancelled'));
      assert.ok(Date.now() - began < 2_000);
    });
    await holder.release();
  }));

  it('stops waiting when many writes are cancelled together', () => withCopy(store, async (path) => {
    const holder = await hold(path, 'r');
    const stop = new AbortController();
    await withStore(path, { mode: 'write' }, async (writer) => {
      const writing = [1, 2, 3].map((seed) => writer.write(noiseWeight(`w${seed}`, [10], seed), { signal: stop.signal }));
      setTimeout(() => stop.abort(), 300);
      for (const outcome of await Promise.allSettled(writing)) assert.ok(outcome.status === 'rejected' && CoralError.is(outcome.reason, 'cancelled'));
    });
    await holder.release();
  }));

  it('locks though HDF5_USE_FILE_LOCKING is FALSE here', () => withCopy(store, async (path) => {
    const holder = await hold(path, 'a');
    process.env['HDF5_USE_FILE_LOCKING'] = 'FALSE';
    try {
      await withStore(path, { lockTimeoutMs: 200 }, (reader) => assert.rejects(reader.list(), (error) => CoralError.is(error, 'busy')));
    } finally {
      delete process.env['HDF5_USE_FILE_LOCKING'];
      await holder.release();
    }
  }));

  it('h5py meets ours, and no more once it is let go', () => withCopy(store, async (path) => {
    const options = { timeoutMs: 1000 };
    const shared = await lockFile(path, 'shared', options);
    assert.deepEqual([h5pyOpens(path, 'r'), /unable to lock file/.test(h5pyOpens(path, 'a'))], ['ok', true]);
    shared?.release();
    const exclusive = await lockFile(path, 'exclusive', options);
    assert.match(h5pyOpens(path, 'r'), /unable to lock file/);
    exclusive?.release();
    assert.equal(h5pyOpens(path, 'a'), 'ok');
    await withStore(path, { mode: 'write' }, async (writer) => {
      await writer.write(noiseWeight('w', [10], 1));
      await lockLetGo();
      assert.equal(h5pyOpens(path, 'a'), 'ok');
    });
  }));
});

describe('lockFile without flock(1)', function () {
  this.timeout(30_000);

  it('locks through perl', function () {
    if (!existsSync('/usr/bin/perl')) {
      console.log('      skipped: no perl');
      this.skip();
    }
    return withCopy(fixture('basic/remote/weights.h5'), (path) => withPath(join(path, '..'), ['perl'], async () => {
      const lock = await lockFile(path, 'exclusive', { timeoutMs: 0 });
      assert.match(h5pyOpens(path, 'r'), /unable to lock file/);
      await assert.rejects(lockFile(path, 'shared', { timeoutMs: 0 }), (error) => CoralError.is(error, 'busy'));
      lock?.release();
      const shared = await lockFile(path, 'shared', { timeoutMs: 0 });
      assert.equal(h5pyOpens(path, 'r'), 'ok');
      shared?.release();
    }));
  });

  it('without either, a file beside the store keeps two of ours apart', () => withCopy(fixture('basic/remote/weights.h5'), (path) => withPath(join(path, '..'), [], async () => {
    const lock = await lockFile(path, 'exclusive', { timeoutMs: 0 });
    assert.deepEqual((JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as { pid: number }).pid, process.pid);
    await assert.rejects(lockFile(path, 'exclusive', { timeoutMs: 150 }), (error) => CoralError.is(error, 'busy'));
    lock?.release();
    assert.equal(existsSync(`${path}.lock`), false);
  })));

  const ownerOf = (change: object): string => JSON.stringify({ ...thisMachine, id: 'some-id', pid: process.pid, started: Math.round(Date.now() - process.uptime() * 1000), beats: '000000001', ...change });

  it('a lock file of a dead process of this machine is void at once; that of a live one is not', () => withFolder((folder) => {
    const path = join(folder, 'weights.h5');
    for (const [owner, isVoid] of [[{ pid: 4194305 }, true], [{ started: 1 }, true], [{ pid: 1 }, false], [{}, false]] as const) {
      writeFileSync(`${path}.lock`, ownerOf(owner));
      const lock = new LockBeside(path).take('exclusive', false);
      assert.equal(lock !== 'held', isVoid, JSON.stringify(owner));
      if (lock !== 'held') lock.release();
      assert.equal(existsSync(`${path}.lock`), !isVoid);
    }
    assert.deepEqual(readdirSync(folder), ['weights.h5.lock']);
  }));

  it('one who was killed while it removed a lock keeps nobody from it', () => withFolder((folder) => {
    const path = join(folder, 'weights.h5');
    for (const name of ['', '.some-id']) writeFileSync(`${path}.lock${name}`, ownerOf({ pid: 4194305 }));
    const lock = new LockBeside(path).take('exclusive', false);
    assert.ok(lock !== 'held');
    lock.release();
    assert.deepEqual(readdirSync(folder), []);
  }));

  it('one who stood still itself has not seen that the owner is silent', () => withFolder((folder) => {
    const path = join(folder, 'weights.h5');
    writeFileSync(`${path}.lock`, ownerOf({ host: 'elsewhere' }));
    const beside = new LockBeside(path, 2_000);
    for (let look = 1; look <= 2; look += 1) {
      assert.equal(beside.take('exclusive', false), 'held');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
    }
    const lock = beside.take('exclusive', false);
    assert.ok(lock !== 'held');
    lock.release();
  }));

  it('of an owner elsewhere, or of nobody, only its silence tells, however its clock and its processes are numbered', async () => {
    const elsewhere = [{ host: 'elsewhere' }, { boot: 'of another start' }, { processes: 'pid:[1]' }].map((place) => ownerOf({ ...place, pid: 4194305 }));
    for (const owner of [...elsewhere, '', '{"pid":4194305,"started":1}', 'x'.repeat(9000)]) {
      await withCopy(fixture('basic/remote/weights.h5'), (path) => withPath(join(path, '..'), [], async () => {
        writeFileSync(`${path}.lock`, owner);
        utimesSync(`${path}.lock`, 1, 1);
        const waiting: string[] = [];
        const options = { timeoutMs: 20_000, quietMs: 600, onWaiting: (text: string) => { waiting.push(text); } };
        await assert.rejects(lockFile(path, 'exclusive', { ...options, timeoutMs: 200, quietMs: 60_000 }), (error) => CoralError.is(error, 'busy'));
        const began = performance.now();
        const lock = await lockFile(path, 'exclusive', options);
        assert.ok(performance.now() - began >= 600, 'it was taken before its silence was long enough');
        assert.match(waiting[0]!, /^weights\.h5 is held by (Coral on [\w.-]+ \(process 4194305\)|a program that is not named), whose lock \(weights\.h5\.lock\) is taken over when it shows no sign of life for (1|60) s; waiting\.$/);
        lock?.release();
        assert.deepEqual(readdirSync(join(path, '..')).filter((name) => name.includes('lock')), []);
      }));
    }
  });

  it('an owner elsewhere that lives keeps its lock, though it is busy itself', () => withFolder(async (folder) => {
    const path = join(folder, 'weights.h5');
    const lock = new LockBeside(path).take('exclusive', false);
    assert.ok(lock !== 'held');
    let beats = 0;
    for (const until = performance.now() + 7_000; performance.now() < until;) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      const text = readFileSync(`${path}.lock`, 'utf8');
      assert.equal((JSON.parse(text) as { pid: number }).pid, process.pid);
      beats = Math.max(beats, Number((JSON.parse(text) as { beats: string }).beats));
    }
    assert.ok(beats >= 2, `${beats} signs of life in 7 s of a blocked thread`);
    lock.release();
    assert.equal(existsSync(`${path}.lock`), false);
  }));

  it('one whose lock was taken over notices it before it writes, and does not remove the lock of the next', () => withCopy(fixture('basic/remote/weights.h5'), (path) => {
    const before = readFileSync(path);
    const lock = new LockBeside(path).take('exclusive', false);
    assert.ok(lock !== 'held');
    lock.check();
    writeFileSync(`${path}.lock`, ownerOf({ host: 'elsewhere' }));
    const transaction = new Transaction(path, readSuperblock(path)!, lock);
    transaction.write(0, Buffer.alloc(100));
    transaction.write(before.byteLength, Buffer.alloc(5000));
    assert.throws(() => transaction.commit(), (error) => CoralError.is(error, 'conflict') && /was taken over/.test(error.message));
    assert.throws(() => transaction.rollBack(), (error) => CoralError.is(error, 'conflict'));
    lock.release();
    // What lies past the end now may be the next owner's.
    assert.ok(readFileSync(path).subarray(0, before.byteLength).equals(before));
    assert.equal(readFileSync(path).byteLength, before.byteLength + 5000);
    assert.match(readFileSync(`${path}.lock`, 'utf8'), /elsewhere/);
  }));
});
