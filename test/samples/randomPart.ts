import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Repository } from '../../src/core/repository/repository';
import { HDF5Store } from '../../src/core/storage/hdf5/hdf5Store';
import type { WeightStore } from '../../src/core/storage/weightStore';
import type { DeltaStore } from '../../src/core/storage/deltaStore';
import type { Needs, RandomHistory } from './randomHistory';

/** What one side has of a history. */
export interface Part {
  readonly weights: ReadonlySet<string>;
  /** of these, the ones without metadata beside them, where a store can lack it */
  readonly nameless: ReadonlySet<string>;
  readonly deltas: ReadonlySet<string>;
  readonly commits: ReadonlySet<string>;
  /** commits of which only half a file is there */
  readonly damaged: ReadonlySet<string>;
  readonly versions: ReadonlySet<string>;
  readonly states: ReadonlySet<string>;
  /** the times of those that its list names; no list when absent */
  readonly checkpoints: ReadonlySet<string> | undefined;
  readonly branches: Readonly<Record<string, string>>;
}

/** All of it but some, each left out with the probability 1 - share; branches may be elsewhere, or absent. */
export function randomPart(history: RandomHistory, random: () => number, share: number): Part {
  const some = (items: Iterable<string>, probability = share): Set<string> => new Set([...items].filter(() => random() < probability));
  const [weights, commits] = [some(history.weights.map(({ metadata }) => metadata.hash)), some(history.commits.keys())];
  return {
    weights, nameless: some(weights, (1 - share) / 2), deltas: some(history.deltas.map(({ metadata }) => metadata.hash)),
    commits, damaged: some([...history.commits.keys()].filter((hash) => !commits.has(hash)), 0.2), versions: some(history.versions.keys()),
    states: some(history.states.keys()),
    checkpoints: history.checkpoints.length > 0 && random() < (1 + share) / 2 ? some(history.checkpoints.map(({ time }) => time)) : undefined,
    branches: Object.fromEntries([...history.branches].flatMap(([name, places]) => {
      const at = places[random() < share ? 0 : Math.floor(random() * (places.length + 1))];
      return at === undefined ? [] : [[name, at]];
    })),
  };
}

/** Something staged in one of three repositories, whether or not it is there, or ever was: weights, or deltas based on them. */
export function randomStaging(history: RandomHistory, random: () => number): { readonly text: string; readonly needs: Needs } | undefined {
  if (random() < 0.67) return undefined;
  const lost = random() < 0.15 ? { lost: 'f'.repeat(16) } : {};
  const weights = { ...lost, ...Object.fromEntries(history.weights.filter(() => random() < 0.4).map(({ metadata }, index) => [`staged.${index}`, metadata.hash])) };
  if (random() < 0.3) return { text: JSON.stringify(weights), needs: { weights: Object.values(weights), deltas: [] } }; // as old versions wrote it
  const staged = history.deltas.filter(() => random() < 0.4).map(({ metadata }, index) => ({ name: `delta.${index}`, ...metadata }));
  const all = { weights: { ...weights, ...Object.fromEntries(staged.map(({ name, referenceHash }) => [name, referenceHash])) }, deltas: Object.fromEntries(staged.map(({ name, hash }) => [name, hash])) };
  return { text: JSON.stringify(all), needs: { weights: Object.values(all.weights), deltas: Object.values(all.deltas) } };
}

/** The small files of a part, as they lie on a remote: path and text. */
export function recordsOf(history: RandomHistory, { commits, damaged, versions, states, checkpoints }: Part): (readonly [string, string])[] {
  const textOf = (hash: string): string => history.commits.get(hash)!.text;
  return [
    ...[...commits].map((hash) => [`commits/${hash}.json`, textOf(hash)] as const),
    ...[...damaged].map((hash) => [`commits/${hash}.json`, textOf(hash).slice(0, textOf(hash).length / 2)] as const),
    ...[...versions].map((id) => [`versions/${id}.json`, history.versions.get(id)!.text] as const),
    ...[...states].map((hash) => [`states/${hash}.json`, history.states.get(hash)!] as const),
    ...(checkpoints === undefined ? [] : [['checkpoints/exp.json', listText(history, checkpoints)] as const]),
  ];
}

/** A list as the Python tool writes it, without what it would round. */
function listText({ checkpoints }: RandomHistory, times: ReadonlySet<string>): string {
  const listed = checkpoints.filter(({ time }) => times.has(time));
  const entries = listed.map(({ commit, time }) => (
    { commit_hash: commit, epoch: 1, global_step: 10, timestamp: time, metrics: {}, is_best: false }));
  const best = listed.at(-1)?.commit ?? null;
  return JSON.stringify(
    { model_name: 'm', experiment_name: 'exp', best_checkpoint_hash: best, best_metric_value: null, checkpoints: entries }, null, 2);
}

export async function writeWeights(history: RandomHistory, part: Part, store: WeightStore & DeltaStore): Promise<void> {
  await Promise.all([
    ...history.weights.filter(({ metadata }) => part.weights.has(metadata.hash)).map((weight) => store.write(weight)),
    ...history.deltas.filter(({ metadata }) => part.deltas.has(metadata.hash)).map((delta) => store.writeDelta(delta)),
  ]);
}

/** A repository with this part, HEAD somewhere, and this staged.json. */
export async function repositoryWith(history: RandomHistory, part: Part, staged: string | undefined, random: () => number): Promise<Repository> {
  const repository = await Repository.init(await mkdtemp(join(tmpdir(), 'coral-local-')));
  const coral = join(repository.root, '.coral');
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(coral, path)), { recursive: true });
    await writeFile(join(coral, path), text);
  };
  await using store = new Closing(await HDF5Store.open(join(coral, 'objects/weights.h5'), { mode: 'write' }));
  await writeWeights(history, part, store.store);
  for (const [path, text] of recordsOf(history, part)) await put(localPath(path, random), text);
  for (const [name, commit] of Object.entries(part.branches)) await put(`refs/heads/${name}`, JSON.stringify({ name, commit_hash: commit, parent_branch: null }));
  const heads = ['ref: refs/heads/main', ...Object.entries(part.branches).flatMap(([name, commit]) => [`ref: refs/heads/${name}`, commit])];
  await put('HEAD', heads[Math.floor(random() * heads.length)]!);
  if (staged !== undefined) await put('staging/staged.json', staged);
  return repository;
}

/** Where Python keeps a training state, or where one lies that came from a remote. */
function localPath(path: string, random: () => number): string {
  if (path.startsWith('states/') && random() < 0.5) return path.replace('states', 'objects/commits').replace('.json', '_state.json');
  return path.replace(/^commits/, 'objects/commits');
}

/** The folder of a file remote with this part. */
export async function folderWith(history: RandomHistory, part: Part): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coral-remote-'));
  await using store = new Closing(await HDF5Store.open(join(folder, 'weights.h5'), { mode: 'write' }));
  await writeWeights(history, part, store.store);
  for (const name of ['commits', 'versions', 'states', 'checkpoints']) await mkdir(join(folder, name));
  for (const [path, text] of recordsOf(history, part)) await writeFile(join(folder, path), text);
  await writeFile(join(folder, 'refs.json'), JSON.stringify({ refs: part.branches }));
  return folder;
}

class Closing {
  readonly store: HDF5Store;

  constructor(store: HDF5Store) {
    this.store = store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}
