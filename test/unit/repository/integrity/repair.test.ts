import assert from 'node:assert/strict';
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { checkRepository } from '../../../../src/core/repository/integrity/checkRepository';
import { planRepairOf, repair } from '../../../../src/core/repository/integrity/repair';
import { Repository } from '../../../../src/core/repository/repository';
import { missingPython } from '../../storage/hdf5/python';
import { copyFixture } from '../../support/fixtures';
import { filesIn, flipBit } from './damage';

const [bias, head] = ['b5adf40b90970f42', 'd317d6321f9320bf'];
const sources = ['origin', 'backup'].map((remote) => ({ remote, options: {} }));

/** A repository whose remotes "origin" and "backup" hold the same. */
async function open(): Promise<{ repository: Repository; store: string; origin: string; backup: string }> {
  const folder = await copyFixture('basic');
  const [origin, backup] = [join(folder, 'remote'), join(folder, 'backup')];
  cpSync(origin, backup, { recursive: true });
  const repository = await Repository.open(join(folder, 'repo'));
  await repository.addRemote('backup', `file://${backup}`);
  return { repository, store: join(repository.root, '.coral/objects/weights.h5'), origin: join(origin, 'weights.h5'), backup: join(backup, 'weights.h5') };
}

describe('a repair', function () {
  this.timeout(30_000);
  before(function () {
    const reason = missingPython();
    if (reason === undefined) return;
    this.test!.title += ` (skipped: ${reason})`;
    this.skip();
  });

  const plan = async (repository: Repository): ReturnType<typeof planRepairOf> => planRepairOf(repository, await checkRepository(repository, { depth: 'deep' }), sources);

  it('goes to the next remote when the copy of the first is bad as well, and says so only when no copy is good', async () => {
    const { repository, store, origin, backup } = await open();
    for (const path of [store, origin]) for (const hash of [bias, head]) flipBit(path, `weights/${hash}`);
    flipBit(backup, `weights/${head}`);
    const { mended, failed, quarantined } = await repair(repository, await plan(repository), sources);
    assert.deepEqual(mended.map(({ hash, from }) => [hash, from]), [[bias, 'backup']]);
    assert.equal(failed.length, 1);
    assert.match(failed[0]!, new RegExp(`^weight ${head}: .*backup`));
    assert.equal(quarantined.length, 2);
    assert.deepEqual((await checkRepository(repository, { depth: 'deep' })).findings.map(({ hash }) => hash), [head]);
  });

  it('moves a store aside only while it is still none', async () => {
    const { repository, store } = await open();
    const bytes = readFileSync(store);
    truncateSync(store, 3000);
    const old = await plan(repository);
    assert.ok(old.replacesStore);
    writeFileSync(store, bytes);
    const { quarantined } = await repair(repository, { ...old, steps: [] }, sources);
    assert.deepEqual(quarantined, []);
    assert.deepEqual(readFileSync(store), bytes);
    assert.deepEqual(filesIn(store, '..'), ['commits', 'weights.h5']);
  });
});
