import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Weight } from '../../src/core/weights/weight';
import { writeCommit, writeRef } from './commit';
import type { Core } from './core';
import { hashesOf, storeWeights } from './model';
import { randomNumbers, sampleWeight } from './tensors';

export interface SharedModel {
  /** the folder to open: it holds .coral */
  readonly root: string;
  readonly originFolder: string;
  /** of "Initialize", "Train" and, on the remote alone, "Tune" */
  readonly commits: { readonly first: string; readonly second: string; readonly theirs: string };
  /** what the twelve zero biases are */
  readonly zeros: string;
  /** "head.weight" in each commit */
  readonly heads: { readonly first: string; readonly second: string; readonly theirs: string };
}

/**
 * Makes a repository whose names share contents. "Initialize" is on the remote "origin" too: twelve blocks, whose biases are all
 * the same zeros, and a head: 25 names, 14 contents. "Train", here alone, has another head and another bias for block 3. A
 * colleague has pushed "Tune", with a third head, to the branch "tuned" of the remote.
 */
export async function makeSharedModel(core: Core, folder: string): Promise<SharedModel> {
  const root = join(folder, 'shared-model');
  const originFolder = join(folder, 'origin');
  await mkdir(root, { recursive: true });
  const random = randomNumbers(86);
  const tensor = (name: string, shape: readonly number[]): Weight => sampleWeight(core, { name, shape: [...shape], dtype: 'float32' }, random);
  const blocks = Array.from({ length: 12 }, (_, index) => `blocks.${index}`);
  const zeros = blocks.map((block) => core.Weight.from({ name: `${block}.bias`, shape: [64], dtype: 'float32' }, new Uint8Array(256)));
  const heads = { first: tensor('head.weight', [8, 64]), second: tensor('head.weight', [8, 64]), theirs: tensor('head.weight', [8, 64]) };
  const initial = [...blocks.map((block) => tensor(`${block}.weight`, [64, 64])), ...zeros, heads.first];
  const trained = [heads.second, tensor('blocks.3.bias', [64])];
  const at = (hour: number): Date => new Date(Date.parse('2026-11-01T08:00:00Z') + hour * 3_600_000);
  const weightsOf = (repository: string): string => join(repository, '.coral/objects/weights.h5');

  const repository = await core.Repository.init(root);
  await repository.addRemote('origin', `file://${originFolder}`);
  await storeWeights(core, weightsOf(root), initial);
  const first = await writeCommit(root, { message: 'Initialize', time: at(0), weights: hashesOf(initial) });
  await repository.push('origin');

  const colleague = join(folder, 'colleague');
  const cloned = await core.Repository.clone(`file://${originFolder}`, colleague);
  await storeWeights(core, weightsOf(colleague), [heads.theirs]);
  await writeRef(colleague, 'refs/heads/tuned', first);
  await writeFile(join(colleague, '.coral/HEAD'), 'ref: refs/heads/tuned');
  const theirs = await writeCommit(colleague, { message: 'Tune', time: at(1), weights: hashesOf([heads.theirs]) });
  await cloned.repository.push('origin');

  await storeWeights(core, weightsOf(root), trained);
  const second = await writeCommit(root, { message: 'Train', time: at(2), weights: hashesOf(trained) });
  return {
    root, originFolder, commits: { first, second, theirs }, zeros: zeros[0]!.metadata.hash,
    heads: { first: heads.first.metadata.hash, second: heads.second.metadata.hash, theirs: heads.theirs.metadata.hash },
  };
}
