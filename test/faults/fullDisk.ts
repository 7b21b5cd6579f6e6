import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoralError, type Reason } from '../../src/core/base/errors';
import type { SyncResult } from '../../src/core/transfer/syncResult';
import { planLocalPrune, pruneLocal } from '../../src/core/repository/integrity/pruneLocal';
import { writeCommit } from '../samples/commit';
import { asNobody } from '../samples/nobody';
import { type Claim, Tally } from './claim';
import { checkHolds } from './kills';
import { makeTemplate, type Template, union, World } from './world';

export const fullDisk: Claim = {
  id: 'R11',
  says: 'a full or read-only disk, missing permission and a folder that vanishes lose nothing and are named',
  short: 7,
  full: 70,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    if (process.getuid?.() !== 0 || process.platform !== 'linux') return tally.outcome(undefined, 'only root on Linux can mount a small disk');
    const planned = (from: number, bytes: number): { seed: number; bytes: number }[] => Array.from({ length: 12 }, (_, i) => ({ seed: from + i, bytes }));
    const template = await makeTemplate(planned(0, 100_000), planned(100, 100_000));
    await chmod(template.folder, 0o755);
    const ways = [toldBeforehand, fullMeanwhile, fullRemote, pruneOfFull, readOnly, denied, vanished];
    for (let index = 0; index < tries; index += 1) {
      const way = ways[index % ways.length]!;
      await tally.attempt(way.name, () => way(template, sabotage));
    }
    return tally.outcome();
  },
};

/** Runs `use` with a world on a disk of its own, of so many bytes. */
async function onSmallDisk(template: Template, bytes: number, use: (world: World, disk: string) => Promise<void>): Promise<void> {
  const disk = await mkdtemp(join(tmpdir(), 'coral-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', disk]);
  try {
    await use(await World.withFolder(template, { at: disk }), disk);
  } finally {
    execFileSync('umount', ['-l', disk]);
    await rm(disk, { recursive: true });
  }
}

/** The one reason of all errors, thrown or in the result. */
async function reasonOf(work: Promise<SyncResult>): Promise<{ reason: Reason; text: string }> {
  const errors = await work.then((result) => result.errors, (error: unknown) => [CoralError.from(error)]);
  const [first] = errors;
  assert.ok(first, 'nothing failed');
  return { reason: first.reason, text: first.message };
}

async function checkBoth(world: World, { local, remote }: Template, meddle = false): Promise<void> {
  checkHolds(await world.lookHere(), meddle ? [...local, 'lost'] : local, 'the local store');
  checkHolds(await world.lookThere(), remote, 'the remote');
}

async function toldBeforehand(template: Template, meddle: boolean): Promise<void> {
  await onSmallDisk(template, 3_000_000, async (world) => {
    const { reason, text } = await reasonOf(world.repository.pull('origin'));
    assert.equal(reason, 'full');
    assert.match(text, /^Pulling needs [\d.]+ MB; [\d.]+ kB are free on /);
    await checkBoth(world, template, meddle);
    assert.equal((await reasonOf(world.repository.push('origin'))).reason, 'full');
    await checkBoth(world, template);
  });
}

/** Another program takes the space while a pull is under way. */
async function fullMeanwhile(template: Template): Promise<void> {
  await onSmallDisk(template, 8_000_000, async (world, disk) => {
    let filled: Promise<void> | undefined;
    const fill = (): void => { filled ??= writeFile(join(disk, 'filler'), Buffer.alloc(8_000_000)).catch(() => undefined); };
    const { reason, text } = await reasonOf(world.repository.pull('origin', { onProgress: ({ phase }) => { if (phase === 'pulling') fill(); } })
      .then(async (result) => { await filled; return result.errors.length > 0 ? result : world.repository.pull('origin', { force: true }); }));
    assert.equal(reason, 'full', text);
    await checkBoth(world, template);
    await rm(join(disk, 'filler'));
    assert.deepEqual((await world.repository.pull('origin')).errors, []);
    checkHolds(await world.lookHere(), union(template.local, template.remote), 'the local store in the end');
    assert.deepEqual((await readdir(join(world.root, '.coral/objects'))).filter((name) => /spool|journal/.test(name)), []);
  });
}

async function fullRemote(template: Template): Promise<void> {
  await onSmallDisk(template, 8_000_000, async (world, disk) => {
    await writeFile(join(disk, 'filler'), Buffer.alloc(8_000_000)).catch(() => undefined);
    assert.equal((await reasonOf(world.repository.push('origin'))).reason, 'full');
    await checkBoth(world, template);
    await rm(join(disk, 'filler'));
    assert.deepEqual((await world.repository.push('origin')).errors, []);
    checkHolds(await world.lookThere(), union(template.local, template.remote), 'the remote in the end');
  });
}

/** Pruning needs space for a fresh file: without it nothing is touched, and what it needs is said. */
async function pruneOfFull(template: Template): Promise<void> {
  await onSmallDisk(template, 8_000_000, async (world, disk) => {
    const strays = template.local.slice(-6);
    await writeCommit(world.root, { message: 'most', time: new Date(), weights: Object.fromEntries(template.local.slice(0, -6).map((hash) => [hash, hash])) });
    await writeFile(join(disk, 'filler'), Buffer.alloc(8_000_000)).catch(() => undefined);
    const { drop } = await planLocalPrune(world.repository);
    assert.deepEqual(drop.map(({ hash }) => hash).sort(), [...strays].sort());
    const error = await pruneLocal(world.repository, drop).then(() => undefined, (cause: unknown) => CoralError.from(cause));
    assert.equal(error?.reason, 'full', error?.message);
    assert.match(error.message, /^Pruning .+ needs up to [\d.]+ kB for a fresh copy; [\d.]+ (bytes|kB) are free on /);
    await checkBoth(world, template);
    await rm(join(disk, 'filler'));
    assert.equal((await pruneLocal(world.repository, drop)).dropped, 6);
    checkHolds(await world.lookHere(), template.local.slice(0, -6), 'the local store in the end');
    assert.deepEqual((await readdir(join(world.root, '.coral/objects'))).filter((name) => /spool|journal/.test(name)), []);
  });
}

async function readOnly(template: Template): Promise<void> {
  await onSmallDisk(template, 16_000_000, async (world, disk) => {
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    for (const operation of ['pull', 'push', 'sync'] as const) assert.equal((await reasonOf(world.repository[operation]('origin'))).reason, 'denied', operation);
    assert.equal((await world.repository.getSyncStatus('origin')).ahead.length, template.local.length);
    await checkBoth(world, template);
  });
}

/** Another user may read the repository, but not write to it. */
async function denied(template: Template): Promise<void> {
  const world = await World.withFolder(template);
  try {
    await chmod(world.root, 0o755);
    const attempt = `const [root, operation] = args;
      const { errors } = await (await core.Repository.open(root))[operation]('origin').catch((error) => ({ errors: [error] }));
      console.log(errors.map(({ reason }) => reason).join());`;
    for (const operation of ['pull', 'push'] as const) assert.match(asNobody(attempt, world.root, operation), /^denied/, operation);
    await checkBoth(world, template);
  } finally {
    await world.remove();
  }
}

/** The remote's folder is moved away in the middle of a push, as a network drive that is lost. */
async function vanished(template: Template): Promise<void> {
  const world = await World.withFolder(template);
  const [folder, elsewhere] = [join(world.root, 'remote'), join(world.root, 'elsewhere')];
  try {
    let gone: Promise<void> | undefined;
    const lose = ({ phase }: { readonly phase: string }): void => { if (phase === 'pushing') gone ??= rename(folder, elsewhere).then(() => mkdir(folder)); };
    const outcome = await world.repository.push('origin', { onProgress: lose }).then(({ errors }) => errors, (error: unknown) => [CoralError.from(error)]);
    await gone;
    if (outcome.length > 0) assert.equal(outcome[0]?.reason, 'missing', outcome[0]?.message);
    assert.deepEqual(await readdir(folder), [], 'it was written where the drive had been');
    await rm(folder, { recursive: true });
    await rename(elsewhere, folder);
    await checkBoth(world, template);
    assert.deepEqual((await world.repository.push('origin')).errors, []);
    checkHolds(await world.lookThere(), union(template.local, template.remote), 'the remote in the end');
  } finally {
    await world.remove();
  }
}
