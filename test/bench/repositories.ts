import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitFile } from '../samples/commit';
import { loadCore } from '../samples/core';

export const core = await loadCore();
export const scratch = await mkdtemp(join(tmpdir(), 'coral-bench-'));

export type BenchRepository = Awaited<ReturnType<typeof emptyRepository>>;

export async function emptyRepository(remote: string) {
  const root = await mkdtemp(join(scratch, 'repository-'));
  const repository = await core.Repository.init(root, { remotesFileShape: 'flat' }); // the only shape that the Python tool sees
  await repository.addRemote('origin', remote);
  return repository;
}

export const storeOf = (repository: BenchRepository): string => join(repository.root, '.coral/objects/weights.h5');

/** `count` float32 weights of `bytes` each, normally distributed as trained ones are. */
export async function repositoryOf(count: number, bytes: number, remote: string): Promise<BenchRepository> {
  const repository = await emptyRepository(remote);
  const store = await core.HDF5Store.open(storeOf(repository), { mode: 'write' });
  const shape = [bytes / 4 / 32, 32];
  await Promise.all(Array.from({ length: count }, (_, index) => (
    store.write(core.Weight.from({ name: `layers.${index}.weight`, shape, dtype: 'float32' }, normals(bytes, index))))));
  await store.close();
  return repository;
}

/** `count` commits on main, each of which names as many weights, a few of them new; the weights themselves are not there. */
export async function repositoryOfCommits(count: number, names: number, remote: string): Promise<BenchRepository> {
  const repository = await emptyRepository(remote);
  const coral = join(repository.root, '.coral');
  let parent: string | undefined;
  for (let number = 0; number < count; number += 1) {
    const hashOf = (index: number): string => (index % count === number ? number * names + index : index).toString(16).padStart(16, '0');
    const weights = Object.fromEntries(Array.from({ length: names }, (_, index) => [`encoder.layers.${index}.attention.weight`, hashOf(index)]));
    const { hash, text } = commitFile({ message: `step ${number}`, time: new Date(1.7e12 + number * 1000), weights }, parent === undefined ? [] : [parent]);
    await writeFile(join(coral, 'objects/commits', `${hash}.json`), text);
    parent = hash;
  }
  await writeFile(join(coral, 'refs/heads/main'), JSON.stringify({ name: 'main', commit_hash: parent ?? '', parent_branch: null }));
  return repository;
}

/** One weight of `gibibytes`, which is never in memory as a whole. */
export async function repositoryOfOne(gibibytes: number, remote: string): Promise<BenchRepository> {
  const repository = await emptyRepository(remote);
  const block = normals(8 << 20, 1);
  const source = async function* () {
    for (let index = 0; index < gibibytes * 128; index += 1) {
      new DataView(block.buffer).setUint32(0, index, true);
      yield block.slice();
    }
  };
  const shape = [gibibytes * 65_536, 4096];
  const hash = await core.contentHash(shape, 'float32', source());
  const store = await core.HDF5Store.open(storeOf(repository), { mode: 'write' });
  await store.write(new core.Weight({ name: 'embed.weight', shape, dtype: 'float32', compressionInfo: {}, hash }, 'little', source));
  await store.close();
  return repository;
}

export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'remote-'));
  await mkdir(folder, { recursive: true });
  return `file://${folder}`;
}

/** Standard normal float32 numbers, the same for the same seed (xorshift, sum of four). */
function normals(bytes: number, seed: number): Uint8Array {
  const values = new Float32Array(bytes / 4);
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32 - 0.5;
  };
  for (let index = 0; index < values.length; index += 1) values[index] = (uniform() + uniform() + uniform() + uniform()) * Math.sqrt(3);
  return new Uint8Array(values.buffer);
}
