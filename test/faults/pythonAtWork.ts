import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CoralError } from '../../src/core/base/errors';
import { checkRemote } from '../../src/core/repository/integrity/checkRemote';
import { checkRepository } from '../../src/core/repository/integrity/checkRepository';
import type { IntegrityReport } from '../../src/core/repository/integrity/integrityReport';
import { planLocalPrune, pruneLocal } from '../../src/core/repository/integrity/pruneLocal';
import { planRemotePrune, pruneRemote } from '../../src/core/repository/integrity/pruneRemote';
import { python as interpreter } from '../python/python.mjs';
import { writeCommit } from '../samples/commit';
import { type Claim, inLanes, Tally } from './claim';
import { checkHolds } from './kills';
import type { Planned } from './pythonCheck';
import { makeTemplate, type Template, union, World } from './world';

const planned = (from: number, to: number): Planned[] => Array.from({ length: to - from }, (_, i) => ({ seed: from + i, bytes: 2000 + 500 * i }));

export const pythonAtWork: Claim = {
  id: 'R7p',
  says: 'Python programs that read and write both stores at any moment of push, pull, check, local and remote prune: nobody loses a write',
  short: 5,
  full: 500,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const template = await makeTemplate(planned(0, 40), planned(30, 70));
    const figures: Figures = { written: 0, read: 0, met: 0, done: 0, gaveWay: 0 };
    await inLanes(tries, 2, async (index) => {
      const name = names[index % names.length]!;
      await tally.attempt(`${name}, try ${index}`, () => besidePython(name, template, { index, meddle: sabotage && index === 0 }, figures));
    });
    const { written, read, met, done, gaveWay } = figures;
    return tally.outcome(`Python wrote ${written} weights, read all of a store ${read} times and met our lock ${met} times; ${done} operations went through meanwhile, ${gaveWay} gave way to Python`);
  },
};

interface Figures { written: number; read: number; met: number; done: number; gaveWay: number }

/** Does something over and over until Python has ended, and returns the weights that may be gone because of it, here and there. */
type Work = (world: World, template: Template, isOver: () => boolean, figures: Figures) => Promise<{ readonly here: readonly string[]; readonly there: readonly string[] }>;

const works = { push: transfer('push'), pull: transfer('pull'), check, 'local prune': pruneHere, 'remote prune': pruneThere } satisfies Record<string, Work>;
const names = Object.keys(works) as (keyof typeof works)[];

/** Two Python programs, one at each store, while `name` is done between them. */
async function besidePython(name: keyof typeof works, template: Template, { index, meddle }: { readonly index: number; readonly meddle: boolean }, figures: Figures): Promise<void> {
  const world = await World.withFolder(template);
  try {
    const there = (world.remote as { path: string }).path;
    const before = name.endsWith('prune') ? await commitMost(world, template) : template;
    // A prune takes a second or so, and what matters is what happens between its beginning and its end.
    const seconds = name.endsWith('prune') ? 4 : 1.5;
    const holders = await Promise.all([python(world.store, 2 * index, seconds), python(there, 2 * index + 1, seconds)]);
    await delay(Math.random() * 300);
    const gone = await works[name](world, before, () => holders.every(({ isOver }) => isOver()), figures);
    const [here, far] = await Promise.all([holders[0].report, holders[1].report]);
    for (const { broken, written, read, met } of [here, far]) {
      assert.deepEqual(broken, [], 'what Python could not read or write');
      figures.written += written.length;
      figures.read += read;
      figures.met += met;
    }
    if (meddle) here.written.push('0123456789abcdef');
    const kept = (all: readonly string[], without: readonly string[]): string[] => all.filter((hash) => !without.includes(hash));
    checkHolds(await world.lookHere(), [...kept(before.local, gone.here), ...here.written], 'the local store');
    checkHolds(await world.lookThere(), [...kept(before.remote, gone.there), ...far.written], 'the remote');
  } finally {
    await world.remove();
  }
}

interface Report { readonly written: string[]; readonly broken: string[]; readonly read: number; readonly met: number }

async function python(path: string, seed: number, seconds: number): Promise<{ readonly report: Promise<Report>; readonly isOver: () => boolean }> {
  const child = spawn(interpreter, [resolve('test/faults/holder.py'), path, String(seconds), String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let over = false;
  child.stdout.on('data', (text: Buffer) => { said += text.toString(); });
  const report = once(child, 'close').then(() => {
    over = true;
    return JSON.parse(said.slice(said.indexOf('{'))) as Report;
  });
  await once(child.stdout, 'data');
  return { report, isOver: () => over };
}

function transfer(operation: 'push' | 'pull'): Work {
  return async (world, { local, remote }, isOver, figures) => {
    do {
      const { errors } = await world.repository[operation]('origin');
      assert.deepEqual(errors, []);
      figures.done += 1;
    } while (!isOver());
    checkHolds(await (operation === 'push' ? world.lookThere() : world.lookHere()), union(local, remote), `what the ${operation} went to`);
    return { here: [], there: [] };
  };
}

async function check({ repository }: World, _: Template, isOver: () => boolean, figures: Figures): Promise<{ here: []; there: [] }> {
  const isSound = ({ findings, checked }: IntegrityReport): void => {
    assert.deepEqual(findings.filter(({ severity }) => severity !== 'remark'), []);
    assert.ok(checked.weights >= 40, `${checked.weights} weights`);
    figures.done += 1;
  };
  do {
    isSound(await checkRepository(repository, { depth: 'deep' }));
    isSound(await checkRemote(repository, 'origin', { depth: 'deep' }));
  } while (!isOver());
  return { here: [], there: [] };
}

/** Commits all but the last ten of the local weights, and pushes; what both sides hold then. */
async function commitMost(world: World, { folder, local, remote }: Template): Promise<Template> {
  await writeCommit(world.root, { message: 'most', time: new Date(), weights: Object.fromEntries(union(local.slice(0, -10), remote).map((hash) => [hash, hash])) });
  const { errors } = await world.repository.sync('origin');
  assert.deepEqual(errors, []);
  return { folder, local: union(local, remote), remote: union(local, remote) };
}

async function pruneHere(world: World, { local }: Template, isOver: () => boolean, figures: Figures): ReturnType<Work> {
  const { drop } = await planLocalPrune(world.repository);
  const strays = drop.filter(({ hash }) => local.includes(hash));
  await untilOver(isOver, figures, () => pruneLocal(world.repository, strays));
  await pruneLocal(world.repository, strays);
  return { here: await areGone(strays, world.lookHere()), there: [] };
}

async function pruneThere(world: World, { remote }: Template, isOver: () => boolean, figures: Figures): ReturnType<Work> {
  // What Python writes meanwhile is not named either: the grace, which would spare it, is off.
  const prune = async (): Promise<string[]> => {
    const plan = await planRemotePrune(world.repository, 'origin', { graceMs: -60_000 });
    const drop = plan.drop.filter(({ hash }) => remote.includes(hash));
    await pruneRemote(world.repository, { ...plan, drop, remote: 'origin' }, { graceMs: -60_000 });
    return drop.map(({ hash }) => hash);
  };
  const pruned = new Set<string>();
  const note = async (): Promise<void> => (await prune()).forEach((hash) => pruned.add(hash));
  await untilOver(isOver, figures, note);
  await note();
  return { here: [], there: await areGone([...pruned].map((hash) => ({ hash })), world.lookThere()) };
}

/** A prune gives way to whoever has written since its list was made. */
async function untilOver(isOver: () => boolean, figures: Figures, prune: () => Promise<unknown>): Promise<void> {
  do {
    try {
      await prune();
      figures.done += 1;
    } catch (error) {
      if (!CoralError.is(error, 'conflict')) throw error;
      figures.gaveWay += 1;
    }
  } while (!isOver());
}

async function areGone(strays: readonly { readonly hash: string }[], look: ReturnType<World['lookHere']>): Promise<string[]> {
  const found = await look;
  const hashes = strays.map(({ hash }) => hash);
  if (found.error !== undefined) throw new Error(found.error);
  assert.ok(hashes.length > 0, 'nothing was to be pruned');
  assert.deepEqual(found.good.filter((hash) => hashes.includes(hash)), [], 'weights that should be gone');
  return hashes;
}
