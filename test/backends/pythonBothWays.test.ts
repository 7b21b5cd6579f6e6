import assert from 'node:assert/strict';
import { it } from 'mocha';
import { Repository } from '../../src/core/repository/repository';
import { corals } from '../python/python.mjs';
import { freshFileRemote, freshS3Remote } from '../samples/remotes';
import { freshFolder } from '../samples/repositories';
import { type Inspected, runCoral } from '../samples/runCoral';
import { read } from '../unit/support/truths';

const kinds = { 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote };
type Read = Inspected['weights'][string];

/**
 * A repository that the Python tool makes; it goes out by us, comes back by us, the tool works on, and that comes back to the
 * first one.
 */
for (const { version, coral, missing } of corals) for (const [kind, fresh] of Object.entries(kinds)) {
  const title = `A repository of Python Coral ${version} and its clone from ${kind}`;
  it(missing === undefined ? title : `${title} (skipped: ${missing})`, async function () {
    this.timeout(240_000);
    const remote = coral && await fresh();
    if (coral === undefined || remote === undefined) return this.skip();
    const { url, options } = remote;
    const commit = (root: string): Record<string, Read> => runCoral(coral, 'commitWithPython.py', [root]);
    const inspect = (...roots: string[]): Inspected[] => Object.values(runCoral<Record<string, Inspected>>(coral, 'inspectRepository.py', roots));

    const root = await freshFolder();
    const committed = commit(root);
    const origin = await Repository.open(root);
    await origin.addRemote('origin', url);
    assert.deepEqual((await origin.push('origin', options)).errors, []);
    const { repository: clone } = await Repository.clone(url, await freshFolder(), options);
    await assertReads(origin, committed);
    await assertReads(clone, committed);
    const [there, here] = inspect(root, clone.root);
    assert.deepEqual([there?.commits.length, Object.keys(there?.branches ?? {}), there?.cleaned], [2, ['main', 'trial'], 0]);
    assert.deepEqual(here, { ...there, remotes: here?.remotes });
    assertSame(here, committed, await deltasOf(clone));

    const added = commit(clone.root);
    const pushed = await clone.push('origin', options);
    assert.deepEqual([pushed.errors, pushed.pushedCommits], [[], 1]);
    const pulled = await origin.pull('origin', options);
    assert.deepEqual([pulled.errors, pulled.pulledCommits], [[], 1]);
    await assertReads(origin, added);
    const [back, ours] = inspect(root, clone.root);
    assert.deepEqual([back?.commits.length, back?.cleaned], [3, 0]);
    assert.deepEqual(ours, { ...back, remotes: ours?.remotes });
    assertSame(back, added, await deltasOf(origin));
  });
}

/** Every weight of the branch main reads as it was committed, bit by bit. */
async function assertReads(repository: Repository, committed: Readonly<Record<string, Read>>): Promise<void> {
  for (const [name, [dtype, shape, sha256]] of Object.entries(committed)) {
    const seen = await read(repository, name, 'main');
    assert.deepEqual([seen.dtype, seen.shape, seen.sha256_le], [dtype, shape, sha256], name);
  }
}

const deltasOf = async (repository: Repository): Promise<Readonly<Record<string, string>>> => (await repository.log('main'))[0]!.deltaWeights;

/** The tool reads them too, but those that it reads by its own inexact deltas. */
function assertSame(found: Inspected | undefined, committed: Readonly<Record<string, Read>>, deltas: Readonly<Record<string, string>>): void {
  const names = Object.keys(committed).filter((name) => !(name in deltas));
  assert.ok(found !== undefined && names.length > 5);
  const tip = found.branches['main'] ?? '';
  for (const name of names) assert.deepEqual(found.weights[`${tip}/${name}`], committed[name], name);
}
