import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Repository } from '../../src/core/repository/repository';
import { HDF5Store } from '../../src/core/storage/hdf5/hdf5Store';
import { Delta, deltaHash } from '../../src/core/weights/delta';
import { Weight } from '../../src/core/weights/weight';
import { writeCommit } from './commit';

export interface RandomHistory {
  readonly weights: readonly Weight[];
  readonly deltas: readonly Delta[];
  /** HASH.json by hash, parents first */
  readonly commits: ReadonlyMap<string, { readonly text: string; readonly parents: readonly string[]; readonly needs: ReadonlySet<string> }>;
  /** branch to its commits, the newest first */
  readonly branches: ReadonlyMap<string, readonly string[]>;
  /** ID.json by id */
  readonly versions: ReadonlyMap<string, { readonly text: string; readonly commit: string }>;
  /** sha256 of what each COMMIT/NAME reads as */
  readonly truth: ReadonlyMap<string, string>;
}

const floats = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A small history with full weights, weights staged as deltas, deltas beside full copies, up to two branches and versions. */
export async function randomHistory(random: () => number): Promise<RandomHistory> {
  const upTo = (count: number): number => Math.floor(random() * count);
  const root = await mkdtemp(join(tmpdir(), 'coral-random-'));
  await Repository.init(root);
  const values = Array.from({ length: 2 + upTo(4) }, () => Array.from({ length: 4 }, () => Math.fround(random())));
  const weights = values.map((numbers, index) => Weight.from({ name: `w${index}`, shape: [4], dtype: 'float32' }, floats(numbers)));
  const deltas: Delta[] = [];
  const truth = new Map<string, string>();
  const commits = new Map<string, { text: string; parents: readonly string[]; needs: Set<string> }>();
  const branches = new Map<string, readonly string[]>();
  const versions = new Map<string, { text: string; commit: string }>();

  const commitOnce = async (message: string): Promise<string> => {
    const names: Record<string, string> = {};
    const kept: Record<string, string> = {};
    const reads: Record<string, string> = {};
    for (let index = 0; index <= upTo(3); index += 1) {
      const name = `layer.${index}`;
      const base = upTo(weights.length);
      const own = upTo(weights.length);
      names[name] = weights[own]!.metadata.hash;
      reads[name] = sha256(floats(values[own]!));
      if (random() < 0.5) continue;
      // Beside a full copy, or instead of one.
      const isStaged = random() < 0.5;
      if (!isStaged && base === own) continue;
      const change = Array.from({ length: 4 }, () => Math.fround(random()));
      const delta = await deltaOf(weights[base]!.metadata.hash, change);
      deltas.push(delta);
      kept[name] = delta.metadata.hash;
      if (!isStaged) continue;
      names[name] = weights[base]!.metadata.hash;
      reads[name] = sha256(floats(values[base]!.map((value, at) => Math.fround(value + change[at]!))));
    }
    const hash = await writeCommit(root, { message, time: new Date(1.7e12 + upTo(1e9)), weights: names, deltas: kept });
    const text = await readFile(join(root, '.coral/objects/commits', `${hash}.json`), 'utf8');
    commits.set(hash, {
      text, parents: (JSON.parse(text) as { parent_hashes: string[] }).parent_hashes,
      needs: new Set([...Object.values(names).map((weight) => `w${weight}`), ...Object.values(kept).map((delta) => `d${delta}`)]),
    });
    for (const [name, sha] of Object.entries(reads)) truth.set(`${hash}/${name}`, sha);
    if (random() < 0.3) {
      const id = sha256(Buffer.from(`v${message}:${hash}`)).slice(0, random() < 0.2 ? 8 : 16);
      versions.set(id, { commit: hash, text: JSON.stringify({ version_id: id, commit_hash: hash, name: `v${message}`, description: null, metrics: null }, null, 2) });
    }
    return hash;
  };

  const main: string[] = [];
  for (let count = 1 + upTo(3); count > 0; count -= 1) main.unshift(await commitOnce(`main ${count}`));
  branches.set('main', main);
  if (random() < 0.5) {
    const start = main.slice(upTo(main.length));
    const name = random() < 0.5 ? 'dev' : 'team/dev';
    await mkdir(join(root, '.coral/refs/heads/team'), { recursive: true });
    await writeFile(join(root, '.coral/refs/heads', name), JSON.stringify({ name, commit_hash: start[0], parent_branch: null }));
    await writeFile(join(root, '.coral/HEAD'), `ref: refs/heads/${name}`);
    branches.set(name, [await commitOnce('dev'), ...start]);
  }
  await rm(root, { recursive: true });
  return { weights, deltas, commits, branches, versions, truth };
}

async function deltaOf(referenceHash: string, change: readonly number[]): Promise<Delta> {
  const bytes = floats(change);
  const hash = await deltaHash(referenceHash, 'float32_raw', [bytes]);
  return new Delta(
    { hash, deltaType: 'float32_raw', referenceHash, originalShape: [4], originalDtype: 'float32', metadata: '{}', compressionRatio: 0 },
    { shape: [4], dtype: 'float32', byteOrder: 'little' }, async function* () { yield bytes; });
}

/** What one side has of a history. */
export interface Part {
  readonly weights: ReadonlySet<string>;
  readonly deltas: ReadonlySet<string>;
  readonly commits: ReadonlySet<string>;
  readonly versions: ReadonlySet<string>;
  readonly branches: Readonly<Record<string, string>>;
}

/** All of it but some; branches may be some commits behind, or absent. */
export function randomPart(history: RandomHistory, random: () => number, share: number): Part {
  const some = (items: Iterable<string>): Set<string> => new Set([...items].filter(() => random() < share));
  return {
    weights: some(history.weights.map(({ metadata }) => metadata.hash)), deltas: some(history.deltas.map(({ metadata }) => metadata.hash)),
    commits: some(history.commits.keys()), versions: some(history.versions.keys()),
    branches: Object.fromEntries([...history.branches].flatMap(([name, commits]) => {
      const at = random() < share ? 0 : Math.floor(random() * (commits.length + 1));
      return commits[at] === undefined ? [] : [[name, commits[at]]];
    })),
  };
}

/** Lays a part out where weights.h5, commits and versions lie as given. */
export async function layOut(history: RandomHistory, part: Part, paths: { readonly store: string; readonly commits: string; readonly versions: string }): Promise<void> {
  const store = await HDF5Store.open(paths.store, { mode: 'write' });
  await Promise.all([
    ...history.weights.filter(({ metadata }) => part.weights.has(metadata.hash)).map((weight) => store.write(weight)),
    ...history.deltas.filter(({ metadata }) => part.deltas.has(metadata.hash)).map((delta) => store.writeDelta(delta)),
  ]);
  await store.close();
  for (const folder of [paths.commits, paths.versions]) await mkdir(folder, { recursive: true });
  for (const hash of part.commits) await writeFile(join(paths.commits, `${hash}.json`), history.commits.get(hash)!.text);
  for (const id of part.versions) await writeFile(join(paths.versions, `${id}.json`), history.versions.get(id)!.text);
}

/** A repository with this part, on branch main. */
export async function repositoryWith(history: RandomHistory, part: Part): Promise<Repository> {
  const repository = await Repository.init(await mkdtemp(join(tmpdir(), 'coral-local-')));
  const coral = join(repository.root, '.coral');
  await layOut(history, part, { store: join(coral, 'objects/weights.h5'), commits: join(coral, 'objects/commits'), versions: join(coral, 'versions') });
  for (const [name, commit] of Object.entries(part.branches)) {
    await mkdir(join(coral, 'refs/heads/team'), { recursive: true });
    await writeFile(join(coral, 'refs/heads', name), JSON.stringify({ name, commit_hash: commit, parent_branch: null }));
  }
  return repository;
}

/** The folder of a file remote with this part. */
export async function remoteWith(history: RandomHistory, part: Part): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coral-remote-'));
  await layOut(history, part, { store: join(folder, 'weights.h5'), commits: join(folder, 'commits'), versions: join(folder, 'versions') });
  await writeFile(join(folder, 'refs.json'), JSON.stringify({ refs: part.branches }));
  return folder;
}
