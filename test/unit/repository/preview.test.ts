import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Repository } from '../../../src/core/repository/repository';
import { copyFixture, fileUrl, fixturePath, missingFolder, temporaryFolder } from '../support/fixtures';

/** The repository of a fixture whose remote origin is ahead of it by 2 weights, and behind by 3. */
async function aheadAndBehind(flags: Record<string, boolean> = {}): Promise<{ repository: Repository; folder: string }> {
  const folder = await copyFixture('ahead-behind');
  const repository = await Repository.open(join(folder, 'repo'));
  const file = join(repository.root, '.coral', 'remotes.json');
  const content = JSON.parse(readFileSync(file, 'utf8')) as { remotes?: Record<string, object>; origin?: object };
  Object.assign((content.remotes ?? content)['origin' as never], flags);
  writeFileSync(file, JSON.stringify(content));
  return { repository, folder };
}

async function withStore(...fixture: string[]): Promise<Repository> {
  const repository = await Repository.init(join(await temporaryFolder(), 'repo'));
  cpSync(fixturePath(...fixture), join(repository.root, '.coral', 'objects', 'weights.h5'));
  await repository.addRemote('origin', fileUrl(await missingFolder()));
  return repository;
}

describe('Repository.preview', function () {
  this.timeout(30_000);

  it('tells what push, pull and sync then do', async () => {
    for (const [direction, method] of [['push', 'push'], ['pull', 'pull'], ['both', 'sync']] as const) {
      const { repository } = await aheadAndBehind();
      const { push, pull } = await repository.preview('origin', { direction });
      const status = await repository.getSyncStatus('origin');
      const result = await repository[method]('origin');
      assert.deepEqual([push?.weights ?? 0, pull?.weights ?? 0], [result.pushedWeights, result.pulledWeights], direction);
      assert.equal((push?.bytes ?? 0) + (pull?.bytes ?? 0), result.bytesTransferred, direction);
      if (push) assert.deepEqual(push.first.map(({ hash }) => hash).sort(), status.ahead);
      if (pull) assert.deepEqual(pull.first.map(({ hash }) => hash).sort(), status.behind);
    }
  });

  it('pulls first from a remote with auto_pull, unless weights were chosen', async () => {
    const { repository } = await aheadAndBehind({ auto_pull: true });
    const whole = await repository.preview('origin', { direction: 'push' });
    assert.deepEqual([whole.pull?.weights, whole.push?.weights], [2, 3]);
    const [hash] = whole.push!.first.map((weight) => weight.hash);
    const chosen = await repository.preview('origin', { direction: 'push', weightHashes: [hash!] });
    assert.deepEqual([chosen.pull, chosen.push?.weights], [undefined, 1]);
    const one = await repository.push('origin', { weightHashes: [hash!] });
    assert.deepEqual([one.pushedWeights, one.pulledWeights], [1, 0]);
    const rest = await repository.push('origin');
    assert.deepEqual([rest.pushedWeights, rest.pulledWeights, rest.errors], [2, 2, []]);
    assert.equal((await repository.getSyncStatus('origin')).isSynced, true);
  });

  it('makes no folder, and says how much room there is', async () => {
    const repository = await withStore('dtypes', 'weights-uncompressed.h5');
    const folder = new URL((await repository.listRemotes())['origin']!.url).pathname;
    const { push, warnings } = await repository.preview('origin', { direction: 'push' });
    assert.equal(existsSync(folder), false);
    assert.ok(push?.room && push.room.free > 0 && folder.startsWith(push.room.path));
    assert.match(warnings.join(), /will not be able to pull from origin: it stops at weights without dimensions/);
  });

  it('names what is absent and what is damaged', async () => {
    const { repository } = await aheadAndBehind();
    const { push } = await repository.preview('origin', { direction: 'push', weightHashes: ['ffffffffffffffff'] });
    assert.deepEqual([push?.weights, push?.blocked.map(({ why }) => why)], [0, ['ffffffffffffffff was asked for, but the local store does not hold it. Refresh and try again.']]);

    const damaged = await withStore('corrupt', 'attr-hash-wrong.h5');
    const blocked = (await damaged.preview('origin', { direction: 'push' })).push!.blocked;
    const errors = (await damaged.push('origin')).errors;
    assert.ok(blocked.length > 0);
    assert.deepEqual(blocked.map(({ hash, why }) => [hash, why]), errors.map(({ hash, message }) => [hash, message]));
  });
});
