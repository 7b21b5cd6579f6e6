import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { lockFile } from '../../../../src/core/storage/hdf5/lockFile';
import { thisMachine } from '../../../../src/core/storage/hdf5/machine';
import { tearStore } from '../../../samples/tornStore';
import { bytesOf, fixture, noiseWeight, withCopy, withPath, withStore } from './stores';

const child = new URL('./stoppedChild.mjs', import.meta.url).pathname;
const source = fixture('basic/remote/weights.h5');

/** Of a child, what it has said when it has ended. */
function start(path: string, ...args: string[]): { process: ChildProcess; said: Promise<string>; stopped: Promise<unknown> } {
  const started = spawn(process.execPath, [child, path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, complaints] = ['', ''];
  started.stdout.on('data', (bytes: Buffer) => { out += bytes.toString(); });
  const stopped = new Promise((resolve, reject) => {
    started.stderr.on('data', (bytes: Buffer) => { if ((complaints += bytes.toString()).includes('stopped')) resolve(undefined); });
    started.once('close', () => reject(new Error(`it ended without being stopped: ${out}${complaints}`)));
  });
  stopped.catch(() => undefined);
  return { process: started, said: once(started, 'close').then(() => out), stopped };
}

/** The weights of a store, each read to its end. */
const hashesIn = (path: string): Promise<string[]> => withStore(path, {}, async (store) => {
  const hashes = await store.list();
  for (const hash of hashes) await bytesOf(await store.read(hash));
  return hashes;
});

describe('a writer without flock that was stopped until its lock was taken over', function () {
  this.timeout(60_000);

  /** The child stops itself, another takes its lock over and writes five, and the child goes on. Returns what it says then. */
  async function overtaken(path: string, args: string[]): Promise<string> {
    const victim = start(path, ...args);
    try {
      await victim.stopped;
      const lock = await lockFile(path, 'exclusive', { timeoutMs: 30_000, quietMs: 700 });
      lock?.release();
      await withStore(path, { mode: 'write' }, async (store) => {
        for (let i = 0; i < 5; i += 1) await store.write(noiseWeight(`b.${i}`, [50, 50], 100 + i));
      });
      await delay(500);
      const before = readFileSync(path);
      victim.process.kill('SIGCONT');
      const said = await victim.said;
      assert.ok(readFileSync(path).equals(before), 'it changed what is another\'s');
      assert.equal((await hashesIn(path)).length, 4 + 5);
      assert.deepEqual(readdirSync(join(path, '..')).filter((name) => name.startsWith('weights')), ['weights.h5']);
      return said;
    } finally {
      victim.process.kill('SIGKILL');
    }
  }

  const ways = {
    'while it wrote what is new': ['A', '1', 'any'],
    'while it overwrote what was there': ['A', '1', 'overwriting'],
    'while it undid what a killed one had begun': ['A', '0', 'any'],
  };
  for (const [when, args] of Object.entries(ways)) {
    it(`${when} changes nothing any more, and says why`, () => withCopy(source, (path) => withPath(join(path, '..'), [], async () => {
      if (args[1] === '0') tearStore(path);
      const said = await overtaken(path, args);
      assert.match(said, /^conflict: .*weights\.h5\.lock was taken over by another program or machine, because this one showed no sign/);
      assert.match(said, /\n9 weights\n$/);
    })));
  }
});

describe('a writer with flock', function () {
  this.timeout(120_000);

  it('and one without lose nothing of each other', () => withCopy(source, async (path) => {
    const without = await withPath(join(path, '..'), [], () => Promise.resolve(start(path, 'A', '12')));
    const [there, here] = await Promise.all([without.said, start(path, 'B', '12').said]);
    const written = `${there}${here}`.trim().split('\n');
    assert.equal(written.length, 24, written.join(' '));
    const found = await hashesIn(path);
    assert.deepEqual(written.filter((hash) => !found.includes(hash)), []);
    assert.equal(existsSync(`${path}.lock`), false);
  }));

  it('waits for the lock file of one without, and leaves its own for as long as it holds', () => withCopy(source, async (path) => {
    const other = await withPath(join(path, '..'), [], () => lockFile(path, 'exclusive', { timeoutMs: 0 }));
    await assert.rejects(lockFile(path, 'exclusive', { timeoutMs: 200 }), (error) => CoralError.is(error, 'busy'));
    other?.release();
    const lock = await lockFile(path, 'exclusive', { timeoutMs: 1_000 });
    assert.equal((JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as { flock: boolean }).flock, true);
    lock?.release();
    assert.equal(existsSync(`${path}.lock`), false);
  }));

  const { boot } = thisMachine;
  const owner = { id: 'some-id', pid: 1, started: 1, host: 'container', boot, processes: 'pid:[1]', flock: true, beats: '000000001' };
  const left: readonly [string, string | number, 'at once' | 'soon' | 'late'][] = [
    ['of one in a container of this machine who had flock', JSON.stringify(owner), 'at once'],
    ['of one there who has none', JSON.stringify({ ...owner, flock: false }), 'late'],
    ['of one elsewhere who has flock', JSON.stringify({ ...owner, boot: '11111111-2222-4333-8444-555555555555' }), 'late'],
    ['of another version', '{"pid":4194305,"started":1}', 'late'],
    ['that is no lock', 'no lock', 'soon'],
    ['of 1 TB', 2 ** 40, 'soon'],
    ['that is empty', '', 'soon'],
    ['that is cut off', '{"host":"els', 'soon'],
  ];
  for (const [what, content, expected] of left) {
    it(`takes a lock file ${what} for void ${expected}`, () => withCopy(source, async (path) => {
      writeFileSync(`${path}.lock`, typeof content === 'string' ? content : '');
      if (typeof content === 'number') truncateSync(`${path}.lock`, content);
      const within = (timeoutMs: number): Promise<string> => lockFile(path, 'exclusive', { timeoutMs, quietMs: 60_000 }).then(
        (lock) => { lock?.release(); return 'taken'; }, (error: unknown) => (CoralError.is(error) ? error.reason : String(error)));
      assert.equal(await within(1_000), expected === 'at once' ? 'taken' : 'busy');
      if (expected !== 'at once') assert.equal(await within(4_000), expected === 'soon' ? 'taken' : 'busy');
      assert.equal(existsSync(`${path}.lock`), expected === 'late');
    }));
  }
});
