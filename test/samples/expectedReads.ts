import assert from 'node:assert/strict';
import type { Repository } from '../../src/core/repository/repository';
import { deltaFixtures, read, type Truth, truths } from '../unit/support/truths';
import { dumpStore } from './dumpStore';
import { storePath } from './sources';

/**
 * What every name of every commit must read as: what the manifest of the deltas says that it decodes to, else what h5py finds
 * under the hash that the commit records.
 */
export async function expectedOf(fixture: string, repository: Repository): Promise<ReadonlyMap<string, Pick<Truth, 'hash' | 'shape' | 'sha256_le'>>> {
  const described = fixture.startsWith('deltas/') ? deltaFixtures[fixture.split('/')[1] ?? ''] : undefined;
  const decoded = new Map((described === undefined ? [] : truths(described))
    .map(({ ref, name, truth: { hash, shape, sha256_le } }) => [`${ref}/${name}`, { hash, shape, sha256_le }]));
  const { commits } = await repository.state();
  const stored = commits.size === 0 ? {} : dumpStore(storePath(repository));
  return new Map([...commits.values()].flatMap(({ commitHash, weightHashes }) => Object.entries(weightHashes).map(([name, hash]) => {
    const key = `${commitHash}/${name}`;
    const { shape, sha256 } = stored[hash]!;
    return [key, decoded.get(key) ?? { hash, shape: [...shape], sha256_le: sha256 }];
  })));
}

export async function assertReads(repository: Repository, expected: Awaited<ReturnType<typeof expectedOf>>): Promise<void> {
  for (const [key, truth] of expected) {
    const [ref = '', ...name] = key.split('/');
    const { hash, shape, sha256_le } = await read(repository, name.join('/'), ref);
    assert.deepEqual({ hash, shape, sha256_le }, truth, key);
  }
}
