import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Repository } from '../../src/core/repository/repository';
import type { FreshRemote } from './remotes';
import { copyRepository, freshFolder } from './repositories';

/** The commits of the fixture "checkpoint", the older first. */
export const [first, second] = ['14d6e0a68b3b92136657f43ef6c2aca3', '801b1772dc4a59cd07875466795b8c4e'] as const;

/** Sends the fixture "checkpoint" to a remote and clones it, with its training states and its list byte for byte. Returns the clone. */
export async function assertTrainingTravels({ url, options }: FreshRemote): Promise<Repository> {
  const origin = await copyRepository('checkpoint/repo');
  const state = join(origin.root, '.coral/objects/commits', `${second}_state.json`);
  // As Python writes a loss that ran away.
  await writeFile(state, (await readFile(state, 'utf8')).replace('"loss": 0.5', '"loss": NaN').replace('"acc": 1.0', '"acc": -Infinity'));
  const before = await readdir(join(origin.root, '.coral/objects/commits'));
  await origin.addRemote('origin', url);
  const preview = await origin.preview('origin', options);
  assert.deepEqual([preview.push?.history?.states, preview.push?.history?.checkpoints], [2, 1]);
  const status = await origin.getSyncStatus('origin', options);
  assert.deepEqual([status.kinds.states.ahead, status.kinds.checkpoints.ahead], [[first, second], ['exp']]);
  const { pushedStates, pushedCheckpoints, errors } = await origin.push('origin', options);
  assert.deepEqual([pushedStates, pushedCheckpoints, errors], [2, 1, []]);
  assert.equal((await origin.getSyncStatus('origin', options)).isSynced, true);
  assert.deepEqual(await readdir(join(origin.root, '.coral/objects/commits')), before);

  const { repository: clone, result } = await Repository.clone(url, await freshFolder(), options);
  assert.deepEqual([result.pulledStates, result.pulledCheckpoints, result.errors], [2, 1, []]);
  const read = (root: string, path: string): Promise<string> => readFile(join(root, '.coral', path), 'utf8');
  for (const hash of [first, second]) {
    assert.equal(await read(clone.root, `states/${hash}.json`), await read(origin.root, `objects/commits/${hash}_state.json`));
  }
  assert.equal(await read(clone.root, 'checkpoints/exp.json'), await read(origin.root, 'checkpoints/exp.json'));
  assert.deepEqual((await readdir(join(clone.root, '.coral/objects/commits'))).sort(), [`${first}.json`, `${second}.json`]);
  assert.equal((await clone.getSyncStatus('origin', options)).isSynced, true);
  return clone;
}
