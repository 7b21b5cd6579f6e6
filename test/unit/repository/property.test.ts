import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Repository } from '../../../src/core/repository/repository';
import { type Part, randomHistory, type RandomHistory, randomPart, remoteWith, repositoryWith } from '../../samples/randomHistory';
import { freshFolder } from '../../samples/repositories';
import { randomNumbers } from '../../samples/tensors';
import { fileUrl } from '../support/fixtures';
import { read } from '../support/truths';

/** Many more with CORAL_TEST_RANDOM=1000; a single one with CORAL_TEST_SEED. */
const runs = Number(process.env['CORAL_TEST_RANDOM'] ?? 20);
const seeds = process.env['CORAL_TEST_SEED'] === undefined ? Array.from({ length: runs }, (_, index) => index + 1) : [Number(process.env['CORAL_TEST_SEED'])];

const union = (one: Iterable<string>, other: Iterable<string>): Set<string> => new Set([...one, ...other]);

/** What both sides together have, and whether all that it names is among it. */
function together(history: RandomHistory, here: Part, there: Part): { part: Omit<Part, 'branches'>; branches: Map<string, string>; isWhole: boolean } {
  const part = {
    weights: union(here.weights, there.weights), deltas: union(here.deltas, there.deltas),
    commits: union(here.commits, there.commits), versions: union(here.versions, there.versions),
  };
  const newest = (name: string): string | undefined => history.branches.get(name)?.find((commit) => commit === here.branches[name] || commit === there.branches[name]);
  const branches = new Map([...history.branches.keys()].flatMap((name) => { const commit = newest(name); return commit === undefined ? [] : [[name, commit] as const]; }));
  const tips = [...Object.values(here.branches), ...Object.values(there.branches)];
  const isWhole = tips.every((commit) => part.commits.has(commit)) && [...part.versions].every((id) => part.commits.has(history.versions.get(id)!.commit))
    && [...part.commits].every((hash) => {
      const { parents, needs } = history.commits.get(hash)!;
      return parents.every((parent) => part.commits.has(parent)) && [...needs].every((need) => (need.startsWith('w') ? part.weights : part.deltas).has(need.slice(1)));
    });
  return { part, branches, isWhole };
}

async function assertClone(history: RandomHistory, url: string, commits: ReadonlySet<string>, branches: ReadonlyMap<string, string>, what: string): Promise<void> {
  const { repository, result } = await Repository.clone(url, await freshFolder());
  assert.deepEqual(result.errors, [], what);
  const state = await repository.state();
  assert.deepEqual([...state.commits.keys()].sort(), [...commits].sort(), what);
  for (const [name, commit] of branches) assert.equal(state.branches[name], commit, `${what}: ${name}`);
  for (const [key, sha] of history.truth) {
    const [ref = '', name = ''] = key.split('/');
    if (commits.has(ref)) assert.equal((await read(repository, name, ref)).sha256_le, sha, `${what}: ${key}`);
  }
  await rm(dirname(repository.root), { recursive: true });
}

describe('any repository and any remote', function () {
  this.timeout(60_000 + runs * 20_000);

  it(`are called in sync only when a clone lacks nothing; a sync makes them so unless something is lost (${seeds.length} of them)`, async () => {
    const seen = { whole: 0, lost: 0, synced: 0 };
    for (const seed of seeds) {
      const random = randomNumbers(seed);
      const history = await randomHistory(random);
      const [here, there] = [randomPart(history, random, [0, 0.7, 0.9, 1][seed % 4]!), randomPart(history, random, [1, 0.9, 0.7, 0, 1][seed % 5]!)];
      const repository = await repositoryWith(history, here);
      const folder = await remoteWith(history, there);
      await repository.addRemote('origin', fileUrl(folder));
      const { part, branches, isWhole } = together(history, here, there);
      const what = `seed ${seed}`;

      const before = await repository.getSyncStatus('origin');
      if (before.isSynced) await assertClone(history, fileUrl(folder), part.commits, branches, `${what}, before`);
      const { errors } = await repository.sync('origin');
      const after = await repository.getSyncStatus('origin');
      assert.equal(after.isSynced, isWhole, `${what}: ${JSON.stringify(after.kinds)} ${errors.map(({ message }) => message).join(' ')}`);
      assert.equal(errors.length === 0, isWhole, `${what}: ${errors.map(({ message }) => message).join(' ')}`);
      if (isWhole) await assertClone(history, fileUrl(folder), part.commits, branches, `${what}, after`);
      seen.whole += Number(isWhole);
      seen.lost += Number(!isWhole);
      seen.synced += Number(before.isSynced);
      await Promise.all([repository.root, folder].map((path) => rm(path, { recursive: true })));
    }
    if (seeds.length >= 20) assert.ok(seen.whole > 0 && seen.lost > 0 && seen.synced > 0, JSON.stringify(seen));
  });
});
