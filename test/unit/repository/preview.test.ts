import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Repository } from '../../../src/core/repository/repository';
import { writeCommit } from '../../samples/commit';
import { copyRepository, freshFolder } from '../../samples/repositories';
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

  describe('of the history', () => {
    /** A repository with a remote that holds all but what was committed since, and another one that went on from the same past. */
    async function twoCopies(): Promise<{ mine: Repository; theirs: Repository; folder: string }> {
      const mine = await copyRepository('branches/repo');
      const folder = await missingFolder();
      await mine.addRemote('fresh', fileUrl(folder));
      await mine.push('fresh');
      const { repository: theirs } = await Repository.clone(fileUrl(folder), await freshFolder(), { remoteName: 'fresh' });
      return { mine, theirs, folder };
    }
    const commit = async (repository: Repository, message: string): Promise<string> => writeCommit(repository.root, { message, time: new Date(), weights: (await repository.log())[0]!.weightHashes });
    const nothing = { deltas: 0, commits: 0, versions: 0, states: 0, checkpoints: 0, names: 0, branches: [], held: [] };

    for (const fixture of ['branches/repo', 'deltas/stage-compressed', 'deltas/commit-int8_quantized', 'checkpoint/repo']) {
      const training = fixture === 'checkpoint/repo' ? { states: 2, checkpoints: 1 } : {};
      it(`${fixture}: counts what a push, and then a pull elsewhere, brings, and changes nothing`, async () => {
        const repository = await copyRepository(fixture);
        const folder = await missingFolder();
        await repository.addRemote('fresh', fileUrl(folder));
        const { push } = await repository.preview('fresh', { direction: 'push' });
        assert.equal(existsSync(folder), false);
        const { pushedWeights, pushedCommits, pushedDeltas } = await repository.push('fresh');
        const { commits, branches, versions } = await repository.state();
        assert.ok(pushedCommits === commits.size && pushedCommits > 0);
        const moved = Object.keys(branches).filter((name) => branches[name] !== '');
        assert.deepEqual(push?.history, { ...nothing, commits: pushedCommits, deltas: pushedDeltas, versions: versions.length, ...training, branches: moved });
        assert.equal(push.weights, pushedWeights);
        assert.deepEqual((await repository.preview('fresh', { direction: 'push' })).push?.history, nothing);

        const empty = await Repository.init(await freshFolder());
        await empty.addRemote('fresh', fileUrl(folder));
        const { pull } = await empty.preview('fresh', { direction: 'pull' });
        const pulled = await empty.pull('fresh');
        assert.deepEqual(pull?.history, { ...nothing, commits: pulled.pulledCommits, deltas: pulled.pulledDeltas, versions: versions.length, ...training, branches: ['main'] });
      });
    }

    it('goes up to a commit, and no further', async () => {
      const repository = await copyRepository('branches/repo');
      await repository.addRemote('fresh', fileUrl(await missingFolder()));
      const first = (await repository.log('main')).at(-1)!;
      const { push } = await repository.preview('fresh', { direction: 'push', upTo: first.commitHash });
      const result = await repository.push('fresh', { upTo: first.commitHash });
      assert.deepEqual([push?.weights, push?.history?.commits, push?.history?.branches], [result.pushedWeights, 1, ['main']]);
      assert.equal(result.pushedCommits, 1);
    });

    it('is told of weights chosen one by one: there is none', async () => {
      const { repository } = await aheadAndBehind();
      const { ahead } = await repository.getSyncStatus('origin');
      assert.equal((await repository.preview('origin', { direction: 'push', weightHashes: ahead })).push?.history, undefined);
    });

    it('says which branches move, and which stay and why; force moves them', async () => {
      const { mine, theirs } = await twoCopies();
      await commit(theirs, 'theirs');
      await theirs.push('fresh');
      assert.deepEqual((await mine.preview('fresh', { direction: 'both' })).pull?.history, { ...nothing, commits: 1, branches: ['main'] });
      await commit(mine, 'mine');
      const { push, pull } = await mine.preview('fresh', { direction: 'both' });
      assert.deepEqual([push?.history?.branches, pull?.history?.branches, push?.history?.commits, pull?.history?.commits], [[], [], 1, 1]);
      assert.match(push!.history!.held.join(), /^Branch "main" will not be moved on fresh: 1 commit here is not there, and 1 commit there is not here/);
      assert.match(pull!.history!.held.join(), /^Branch "main" will be left as it is: /);
      const forced = await mine.preview('fresh', { direction: 'push', force: true });
      assert.deepEqual([forced.push?.history?.branches, forced.push?.history?.held], [['main'], []]);
    });

    it('says which commits stay, because weights are left out or lost', async () => {
      const repository = await copyRepository('branches/repo');
      await repository.addRemote('fresh', fileUrl(await missingFolder()));
      const { push } = await repository.preview('fresh', { direction: 'push', exclude: ['w0'] });
      assert.equal(push?.history?.commits, 0);
      assert.match(push.history.held.join(), /Commit \w+ will not be pushed, because weights that they name were left out/);
      const lacking = await copyRepository('corrupt/repo-commit-lists-missing-weight');
      await lacking.addRemote('fresh', fileUrl(await missingFolder()));
      const lost = await lacking.preview('fresh', { direction: 'push' });
      assert.equal(lost.push?.history?.commits, 0);
      assert.match(lost.push.history.held.join(), /Commit .* will not be pushed: "encoder.bias" \(weight b5adf40b90970f42\) is on neither side/);
    });
  });

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
