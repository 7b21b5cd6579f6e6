import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Repository } from '../../src/core/repository/repository';
import { FixtureCopy } from './fixtureCopy';

/** Repositories made by the Python tool: whole ones by folder, and stores of every dtype, each put into an empty repository. */
export const sources = [
  'basic', 'ahead-behind', 'staged', 'dtypes/weights-gzip.h5', 'dtypes/weights-lzf.h5', 'dtypes/weights-uncompressed.h5',
] as const;

/** A copy of a source that a test may change. */
export async function openSource(name: (typeof sources)[number]): Promise<Repository> {
  if (!name.endsWith('.h5')) return Repository.open((await FixtureCopy.of(name)).repository);
  const repository = await emptyRepository();
  await copyFile(resolve('test/fixtures', name), storePath(repository));
  return repository;
}

export async function emptyRepository(): Promise<Repository> {
  return Repository.init(await mkdtemp(join(tmpdir(), 'coral-empty-')));
}

export const storePath = (repository: Repository): string => join(repository.root, '.coral/objects/weights.h5');
