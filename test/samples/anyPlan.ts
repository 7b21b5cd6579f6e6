import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan, WayPlan } from '../../src/core/sync/plan';
import type { PreviewOptions } from '../../src/core/repository/repositoryOptions';
import type { Repository } from '../../src/core/repository/repository';
import type { RemotePlace } from './anyRepository';
import { randomHistory, type RandomHistory } from './randomHistory';
import { randomPart, randomStaging, repositoryWith } from './randomPart';
import { randomNumbers } from './tensors';

const travellers = ['deltas', 'commits', 'versions', 'states', 'checkpoints'] as const;
type TravellerName = typeof travellers[number];
type Direction = 'push' | 'pull' | 'both';
type Choice = Pick<PreviewOptions, 'force' | 'upTo' | 'exclude' | 'maxBytes' | 'weightHashes'>;
const methods = { push: 'push', pull: 'pull', both: 'sync' } as const;

/** What was seen of a seed, to be counted. */
export type SeenInPlan =
  'weights' | 'deltas' | 'commits' | 'versions' | 'states' | 'checkpoints' | 'branches' | 'names' | 'stays' | 'left out' | 'pull before push' | 'force';

/**
 * A random repository, a random remote and a random choice: what the plan and the preview show is what the transfer then does, by its
 * result and by the files that are there afterwards; and then nothing is left to be done.
 */
export async function tryAnyPlan(seed: number, place: RemotePlace): Promise<ReadonlySet<SeenInPlan>> {
  const random = randomNumbers(seed);
  const history = await randomHistory(random);
  const here = randomPart(history, random, [0, 0.6, 0.9, 1][seed % 4]!);
  const drawn = randomPart(history, random, [1, 0.8, 0.6, 0, 0.9][seed % 5]!);
  const there = place.canLackMetadata ? drawn : { ...drawn, nameless: new Set<string>() };
  const repository = await repositoryWith(history, here, randomStaging(history, random)?.text, random);
  const remote = await place.make(history, there);
  await repository.addRemote('origin', { url: remote.url, autoPull: random() < 0.3 });
  const direction = (['push', 'pull', 'both'] as const)[Math.floor(random() * 3)]!;
  const options = { ...remote.options, ...anyChoice(history, random) };
  const what = `seed ${seed}: ${direction} ${JSON.stringify({ ...options, credentials: undefined })}`;
  try {
    const seen = await compare(repository, direction, options, what);
    if (options.force === true) seen.add('force');
    return seen;
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await Promise.all([rm(repository.root, { recursive: true }), remote.remove()]);
  }
}

function anyChoice(history: RandomHistory, random: () => number): Choice {
  const one = <T>(items: Iterable<T>): T => { const all = [...items]; return all[Math.floor(random() * all.length)]!; };
  const force = random() < 0.2 ? { force: true } : {};
  const chance = random();
  if (chance < 0.1) return { ...force, exclude: [one(['layer.0', 'layer.*', 'w1', '*'])] };
  if (chance < 0.15) return { ...force, maxBytes: random() < 0.5 ? 8 : 1000 };
  if (chance < 0.25) return { ...force, upTo: one(history.commits.keys()) };
  if (chance < 0.3) return { ...force, weightHashes: [one(history.weights).metadata.hash, 'f'.repeat(16)] };
  return force;
}

async function compare(repository: Repository, direction: Direction, options: PreviewOptions, what: string): Promise<Set<SeenInPlan>> {
  const run = () => repository[methods[direction]]('origin', options);
  const planned = await repository.plan('origin', { direction, ...options }).catch((error: unknown) => error as Error);
  if (planned instanceof Error) {
    // What cannot be planned, such as going up to a commit that nobody has, cannot be run either, and nothing has moved.
    const before = await filesOf(repository);
    await assert.rejects(run(), { message: planned.message });
    assert.deepEqual(await filesOf(repository), before, what);
    return new Set();
  }
  const preview = await repository.preview('origin', { direction, ...options });
  assert.equal(preview.fingerprint, planned.fingerprint, what);
  const before = await filesOf(repository);
  const result = (await run()).toJSON();

  const { push, pull } = byWay(planned);
  const sum = (way: WayPlan | undefined, kind: TravellerName): number => way?.history?.[kind].length ?? 0;
  const counted = {
    pushedWeights: push?.weights.send.length ?? 0, pulledWeights: pull?.weights.send.length ?? 0,
    pushedDeltas: sum(push, 'deltas'), pulledDeltas: sum(pull, 'deltas'),
    pushedCommits: sum(push, 'commits'), pulledCommits: sum(pull, 'commits'),
    pushedVersions: sum(push, 'versions'), pulledVersions: sum(pull, 'versions'),
    pushedStates: sum(push, 'states'), pulledStates: sum(pull, 'states'),
    pushedCheckpoints: sum(push, 'checkpoints'), pulledCheckpoints: sum(pull, 'checkpoints'), pushedBranches: push?.history?.refs.length ?? 0,
    pulledBranches: new Set([...Object.keys(pull?.history?.tracking ?? {}), ...(pull?.history?.refs ?? []).map(({ name }) => name)]).size,
    pushedNames: planned.names.length, bytesTransferred: (preview.push?.bytes ?? 0) + (preview.pull?.bytes ?? 0),
  };
  assert.deepEqual(Object.fromEntries(Object.keys(counted).map((key) => [key, result[key as keyof typeof counted]])), counted, what);
  for (const [way, plan] of [['push', push], ['pull', pull]] as const) {
    const shown = preview[way];
    assert.equal(shown?.weights, plan?.weights.send.length, what);
    if (shown?.history === undefined) continue;
    const { branches, names, held, ...counts } = shown.history;
    assert.deepEqual(counts, Object.fromEntries(travellers.map((kind) => [kind, sum(plan, kind)])), what);
    assert.equal(names, way === 'push' ? planned.names.length : 0, what);
    assert.deepEqual([branches, held], [plan?.history?.refs.map(({ name }) => name), plan?.history?.stays.map(({ will }) => will)], what);
  }

  const stays = planned.ways.flatMap(({ history }) => history?.stays ?? []);
  const blocked = [preview.push, preview.pull].flatMap((way) => way?.blocked ?? []).map(({ why }) => why);
  const told = stays.filter(({ isExpected }) => !isExpected).map(({ did }) => did);
  assert.deepEqual(result.errors.map(({ message }) => message).sort(), [...blocked, ...told].sort(), what);
  const warnings = new Set([...planned.warnings, ...stays.filter(({ isExpected }) => isExpected).map(({ did }) => did)]);
  assert.deepEqual(new Set(result.warnings), warnings, what);

  const after = await filesOf(repository);
  const arrived = after.records.filter((path) => !before.records.includes(path));
  assert.deepEqual(arrived, [
    ...(pull?.history?.commits ?? []).map((hash) => `objects/commits/${hash}.json`),
    ...(pull?.history?.versions ?? []).map((id) => `versions/${id}.json`),
    ...(pull?.history?.states ?? []).map((hash) => `states/${hash}.json`),
    ...(pull?.history?.checkpoints ?? []).map((experiment) => `checkpoints/${experiment}.json`),
  ].filter((path) => !before.records.includes(path)).sort(), what);
  const moved = Object.fromEntries((pull?.history?.refs ?? []).map(({ name, to }) => [name, to]));
  assert.deepEqual(after.branches, { ...before.branches, ...moved }, what);

  const again = await repository.plan('origin', { direction, ...options, force: false });
  if (options.force !== true) {
    const left = again.ways.flatMap(({ weights: { send }, history }) => (
      [...send, ...[...travellers.map((kind) => history?.[kind]), history?.refs.map(({ name }) => name)].flatMap((ids) => ids ?? [])]));
    assert.deepEqual(left, [], `${what}, again`);
    assert.deepEqual(again.names, [], `${what}, again`);
  }
  return seenIn(planned);
}

function byWay({ ways }: Plan): { readonly push: WayPlan | undefined; readonly pull: WayPlan | undefined } {
  const of = (wanted: string): WayPlan | undefined => ways.find(({ way }) => way === wanted);
  return { push: of('push'), pull: of('pull') };
}

/** What lies in `.coral` of the history, read without the core. */
async function filesOf(
  repository: Repository,
): Promise<{ readonly records: readonly string[]; readonly branches: Readonly<Record<string, string>> }> {
  const coral = join(repository.root, '.coral');
  const files = async (folder: string): Promise<string[]> => {
    const entries = await readdir(join(coral, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(coral.length + 1)).sort();
  };
  const branches = await Promise.all((await files('refs/heads')).map(async (path) => {
    const { name, commit_hash: commit } = JSON.parse(await readFile(join(coral, path), 'utf8')) as { name: string; commit_hash: string };
    return [name, commit] as const;
  }));
  const folders = ['objects/commits', 'versions', 'states', 'checkpoints'];
  return { records: (await Promise.all(folders.map(files))).flat().sort(), branches: Object.fromEntries(branches) };
}

function seenIn({ ways, names, warnings }: Plan): Set<SeenInPlan> {
  const has = (of: (way: WayPlan) => readonly unknown[] | undefined): boolean => ways.some((way) => (of(way)?.length ?? 0) > 0);
  const seen: Readonly<Record<Exclude<SeenInPlan, 'force'>, boolean>> = {
    weights: has(({ weights }) => weights.send), deltas: has(({ history }) => history?.deltas),
    commits: has(({ history }) => history?.commits),
    versions: has(({ history }) => history?.versions), states: has(({ history }) => history?.states),
    checkpoints: has(({ history }) => history?.checkpoints), branches: has(({ history }) => history?.refs), names: names.length > 0,
    stays: has(({ history }) => history?.stays), 'left out': warnings.length > 0,
    'pull before push': ways[0]?.way === 'pull' && ways.length > 1,
  };
  return new Set((Object.keys(seen) as Exclude<SeenInPlan, 'force'>[]).filter((key) => seen[key]));
}
