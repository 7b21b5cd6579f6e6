import { beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { Repository } from '../../../src/core/repository/repository';
import { writeTag } from '../../samples/commit';
import { copyFixture } from '../support/fixtures';

describe('a plan that was agreed to', function () {
  this.timeout(30_000);
  let repository: Repository;
  let folder: string;
  const commit = async (): Promise<string> => String((await repository.branches())['main']);
  const isChanged = (error: unknown): boolean => (
    CoralError.is(error, 'conflict') && error.conflict === 'plan' && /has changed since/.test(error.message));

  beforeEach(async () => {
    folder = await copyFixture('ahead-behind');
    repository = await Repository.open(join(folder, 'repo'));
  });

  it('is run when nothing has changed, whoever asks for it', async () => {
    const { fingerprint } = await repository.preview('origin', { direction: 'both' });
    const again = await Repository.open(repository.root);
    assert.equal((await again.plan('origin')).fingerprint, fingerprint);
    const { pushedWeights, pulledWeights, errors } = await again.sync('origin', { agreedPlan: fingerprint });
    assert.deepEqual([pushedWeights, pulledWeights, errors], [3, 2, []]);
  });

  for (const [what, change] of [
    ['this side has', () => commit().then((hash) => writeTag(repository.root, 'meanwhile', hash))],
    ['the other side has', async () => {
      const [first] = (await repository.getSyncStatus('origin')).ahead;
      await repository.push('origin', { weightHashes: [String(first)] });
    }],
  ] as const) {
    it(`is refused, and nothing moves, when ${what} changed`, async () => {
      const { fingerprint } = await repository.plan('origin');
      await change();
      const { mtimeMs } = await stat(join(folder, 'remote/weights.h5'));
      const before = await repository.getSyncStatus('origin');
      await assert.rejects(repository.sync('origin', { agreedPlan: fingerprint }), isChanged);
      const after = await repository.getSyncStatus('origin');
      assert.deepEqual([after.kinds, (await stat(join(folder, 'remote/weights.h5'))).mtimeMs], [before.kinds, mtimeMs]);
      const { pulledWeights, errors } = await repository.sync('origin', { agreedPlan: (await repository.plan('origin')).fingerprint });
      assert.deepEqual([pulledWeights, errors], [2, []]);
    });
  }

  it('is refused when something else is asked for', async () => {
    const { fingerprint } = await repository.plan('origin', { direction: 'push' });
    await assert.rejects(repository.sync('origin', { agreedPlan: fingerprint }), isChanged);
  });
});
