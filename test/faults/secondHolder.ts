import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { CoralError } from '../../src/core/base/errors';
import { lockFile } from '../../src/core/storage/hdf5/lockFile';
import { python } from '../python/python.mjs';
import { startFaultProxy } from '../servers/faultProxy';
import { hold } from '../unit/storage/hdf5/python';
import { TransferChild } from './child';
import { aSecond, type Claim, Tally } from './claim';
import { checkHolds } from './kills';
import type { Planned } from './pythonCheck';
import { Bucket, makeTemplate, type Template, union, World } from './world';

const planned = (from: number, to: number): Planned[] => Array.from({ length: to - from }, (_, i) => ({ seed: from + i, bytes: 2000 + 500 * i }));

export const secondHolder: Claim = {
  id: 'R7',
  says: "a second window or another holder of the same stores is waited for and named; a dead holder's lock is free within a second",
  short: 4,
  full: 100,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const template = await makeTemplate(planned(0, 60), planned(40, 100));
    const bucket = await Bucket.create();
    const figures = { max: 0, waited: 0 };
    const ways: ((template: Template, meddle: boolean) => Promise<void>)[] = [
      (...given) => twoWindows(...given, figures), (world) => deadHolder(world, figures), liveHolder,
      ...(bucket === undefined ? [] : [(world: Template) => whileTheNetworkIsAwaited(world, bucket)]),
    ];
    for (let index = 0; index < tries; index += 1) {
      const way = index % ways.length;
      await tally.attempt(`way ${way}, try ${index}`, () => ways[way]!(template, sabotage && index === 0));
    }
    const note = `the second window was told to wait in ${figures.waited}; a dead holder's lock was free after ${figures.max.toFixed(0)} ms at most`;
    return tally.outcome(note, bucket === undefined ? 'no S3 server' : undefined);
  },
};

interface Figures { max: number; waited: number }

/** Two processes of ours sync the same two stores at once. */
async function twoWindows(template: Template, meddle: boolean, figures: Figures): Promise<void> {
  const world = await World.withFolder(template);
  try {
    const other = new TransferChild({ root: world.root, operation: 'sync', at: 0, torn: false });
    await other.go();
    const waiting: string[] = [];
    const { errors } = await world.repository.sync('origin', { onProgress: (progress) => { if (progress.waiting !== undefined) waiting.push(progress.waiting); } });
    assert.deepEqual(errors, []);
    assert.equal(await other.ended(), false);
    if (waiting.length > 0) figures.waited += 1;
    for (const text of waiting) assert.match(text, /weights\.h5 is held by .+; waiting\./);
    const all = union(template.local, template.remote);
    checkHolds(await world.lookHere(), meddle ? [...all, '0123456789abcdef'] : all, 'the local store');
    checkHolds(await world.lookThere(), all, 'the remote');
  } finally {
    await world.remove();
  }
}

/** One who holds the file dies: then it goes on within a second. */
async function deadHolder(template: Template, figures: Figures): Promise<void> {
  const world = await World.withFolder(template);
  try {
    const holder = await hold(world.store, 'a');
    const pulling = world.repository.pull('origin');
    await delay(150);
    process.kill(holder.pid, 'SIGKILL');
    const died = performance.now();
    const lock = await lockFile(world.store, 'shared', { timeoutMs: 30_000 });
    const took = performance.now() - died;
    lock?.release();
    figures.max = Math.max(figures.max, took);
    assert.ok(took < await aSecond(), `its lock was free after ${took.toFixed(0)} ms`);
    assert.deepEqual((await pulling).errors, []);
  } finally {
    await world.remove();
  }
}

/** One who lives is waited for, by name, and a cancellation is heard at once. */
async function liveHolder(template: Template): Promise<void> {
  const world = await World.withFolder(template);
  const holder = await hold(world.store, 'r');
  try {
    const stop = new AbortController();
    const waiting: string[] = [];
    const pulling = world.repository.pull('origin', { signal: stop.signal, onProgress: (progress) => { if (progress.waiting !== undefined) waiting.push(progress.waiting); } });
    await delay(600);
    assert.ok(waiting.some((text) => new RegExp(`held by python3.* \\(pid ${holder.pid}\\)`).test(text)), `said ${waiting.join(' ')}`);
    const began = performance.now();
    stop.abort();
    const { errors } = await pulling;
    const took = performance.now() - began;
    assert.ok(took < await aSecond(), `cancelling took ${took.toFixed(0)} ms`);
    assert.ok(errors.some((error) => CoralError.is(error, 'cancelled')), errors.map(String).join());
    checkHolds(await world.lookHere(), template.local, 'the local store');
  } finally {
    await holder.release();
    await world.remove();
  }
}

/** "ok", or what h5py says when it opens the file to write. */
function opens(path: string): Promise<string> {
  const script = 'import h5py, sys\ntry:\n  h5py.File(sys.argv[1], "a").close(); print("ok")\nexcept OSError as e:\n  print(e)';
  return new Promise((resolve) => { execFile(python, ['-c', script, path], (_, stdout) => resolve(stdout.trim())); });
}

/** While a server does not answer, Python can write to the local store. */
async function whileTheNetworkIsAwaited(template: Template, bucket: Bucket): Promise<void> {
  const at = bucket.freshPrefix();
  const proxy = await startFaultProxy(at.endpoint);
  const world = await World.withBucket(template, at, proxy.endpoint);
  const stop = new AbortController();
  try {
    proxy.fault = ({ method }) => (method === 'PUT' ? { kind: 'stall', afterBytes: -1 } : undefined);
    const pushing = world.repository.push('origin', { signal: stop.signal });
    while (!proxy.log.some(({ method }) => method === 'PUT')) await delay(10);
    // What can be read ahead is read; from then on nobody may hold the file.
    for (let tries = 0; tries < 20 && await opens(world.store) !== 'ok'; tries += 1) await delay(100);
    for (let tries = 0; tries < 3; tries += 1) assert.equal(await opens(world.store), 'ok');
    stop.abort();
    await pushing;
  } finally {
    stop.abort();
    await proxy.close();
    await world.remove();
    await bucket.clear(at.prefix);
  }
}
