import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Weight } from '../../src/core/weights/weight';
import { writeCommit } from './commit';
import type { Core } from './core';
import { randomNumbers, type SampleTensor, sampleWeight } from './tensors';

const hidden = 128;
const layers = 6;

/** A small encoder: 87 tensors, 3.6 MB, most of them float16. */
function modelTensors(): SampleTensor[] {
  const linear = (name: string, rows: number, columns: number): SampleTensor[] => [
    { name: `${name}.weight`, shape: [rows, columns], dtype: 'float16', layerType: 'Linear' },
    { name: `${name}.bias`, shape: [rows], dtype: 'float16', layerType: 'Linear' },
  ];
  const norm = (name: string): SampleTensor[] => ['weight', 'bias'].map((part) => (
    { name: `${name}.${part}`, shape: [hidden], dtype: 'float32', layerType: 'LayerNorm' }));
  const layer = (index: number): SampleTensor[] => {
    const path = `encoder.layers.${index}`;
    const attention = ['query', 'key', 'value', 'output'].flatMap((part) => linear(`${path}.attention.${part}`, hidden, hidden));
    return [...attention, ...linear(`${path}.mlp.up`, 4 * hidden, hidden), ...linear(`${path}.mlp.down`, hidden, 4 * hidden), ...norm(`${path}.norm`)];
  };
  return [
    { name: 'embed.tokens.weight', shape: [2000, hidden], dtype: 'float32', layerType: 'Embedding' },
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    { name: 'head.weight', shape: [2000, hidden], dtype: 'int8', layerType: 'Linear' },
    { name: 'head.scale', shape: [2000], dtype: 'float32', layerType: 'Linear' },
  ];
}

export interface SampleRepository {
  /** the folder to open: it holds .coral */
  readonly root: string;
  /** the folder of the remote "origin" */
  readonly originFolder: string;
  readonly commits: readonly string[];
}

/**
 * Makes a repository of two commits in `folder`, and a file remote "origin" that has the first of them and two weights of somebody else:
 * 31 weights to push, 2 to pull, 87 in sync.
 */
export async function makeSampleRepository(core: Core, folder: string): Promise<SampleRepository> {
  const root = join(folder, 'sample-encoder');
  const originFolder = join(folder, 'shared-drive/sample-encoder');
  await mkdir(root, { recursive: true });
  await mkdir(originFolder, { recursive: true });
  const random = randomNumbers(20_26);
  const tensors = modelTensors();
  const base = tensors.map((tensor) => sampleWeight(core, tensor, random));
  const isTuned = ({ name }: SampleTensor): boolean => /^(encoder\.layers\.[45]|head)\./.test(name);
  const classifier: SampleTensor = { name: 'classifier.weight', shape: [16, hidden], dtype: 'float16', layerType: 'Linear' };
  const tuned = [...tensors.filter(isTuned), classifier].map((tensor) => sampleWeight(core, tensor, random));
  const adapter = ['down', 'up'].map((part) => sampleWeight(core, { name: `adapter.${part}.weight`, shape: [hidden, 8], dtype: 'float16', layerType: 'LoRA' }, random));

  const repository = await core.Repository.init(root);
  await repository.addRemote('origin', `file://${originFolder}`);
  await storeWeights(core, join(root, '.coral/objects/weights.h5'), [...base, ...tuned]);
  await storeWeights(core, join(originFolder, 'weights.h5'), [...base, ...adapter]);
  const day = 86_400_000;
  const first = await writeCommit(root, { message: 'Import the base model', time: new Date(Date.now() - 2 * day), weights: hashesOf(base), tags: ['v1.0'] });
  const second = await writeCommit(root, {
    message: 'Fine-tune the last two layers and the head, add a classifier', time: new Date(Date.now() - day / 24), weights: hashesOf([...base, ...tuned]),
  });
  return { root, originFolder, commits: [first, second] };
}

export async function storeWeights(core: Core, path: string, weights: readonly Weight[]): Promise<void> {
  const store = await core.HDF5Store.open(path, { mode: 'write' });
  try {
    for (const weight of weights) await store.write(weight);
  } finally {
    await store.close();
  }
}

/** Names to hashes, as a commit lists them; of two weights with one name the later counts. */
export const hashesOf = (weights: readonly Weight[]): Record<string, string> => (
  Object.fromEntries(weights.map(({ metadata }) => [metadata.name, metadata.hash])));
