import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { Repository } from '../../../src/core/repository/repository';
import { readTrackingRefs, removeTrackingRefs, renameTrackingRefs } from '../../../src/core/coralFolder/trackingRefs';
import { writeRef } from '../../samples/commit';
import { copyFixture, temporaryFolder } from '../support/fixtures';

const [one, two] = ['1', '2'].map((digit) => digit.repeat(32)) as [string, string];

describe('remote-tracking refs', () => {
  it('reads the branches of each remote, also those with slashes', async () => {
    const root = await temporaryFolder();
    await writeRef(root, 'refs/remotes/origin/main', one);
    await writeRef(root, 'refs/remotes/origin/team/trial-2', two);
    await writeRef(root, 'refs/remotes/backup/main', '');
    const problems: CoralError[] = [];
    assert.deepEqual(await readTrackingRefs(join(root, '.coral'), (problem) => problems.push(problem)), {
      backup: { main: '' }, origin: { main: one, 'team/trial-2': two },
    });
    assert.deepEqual(problems, []);
  });

  it('none, when nothing was fetched yet', async () => {
    assert.deepEqual(await readTrackingRefs(join(await temporaryFolder(), '.coral'), (problem) => { throw problem; }), {});
  });

  it('follow a remote to its new name, in place of what a former remote of that name left', async () => {
    const repository = await Repository.open(join(await copyFixture('basic'), 'repo'));
    const { root } = repository;
    await writeRef(root, 'refs/remotes/origin/team/trial-2', one);
    await repository.renameRemote('origin', 'hub');
    assert.deepEqual((await repository.state()).trackingRefs, { hub: { 'team/trial-2': one } });
    await writeRef(root, 'refs/remotes/backup/old', two);
    await repository.renameRemote('hub', 'backup');
    assert.deepEqual((await repository.state()).trackingRefs, { backup: { 'team/trial-2': one } });
    assert.deepEqual(await readdir(join(root, '.coral/refs/remotes')), ['backup']);
    assert.deepEqual(Object.keys(await repository.listRemotes()), ['backup']);
  });

  it('stay as they are, and so does the name, where they cannot move', async () => {
    const repository = await Repository.open(join(await copyFixture('basic'), 'repo'));
    await writeRef(repository.root, 'refs/remotes/origin/main', one);
    await writeFile(join(repository.root, '.coral/refs/remotes/hub'), 'in the way');
    await assert.rejects(repository.renameRemote('origin', 'hub'), (error) => CoralError.is(error) && /refs\/remotes\/origin/.test(error.message));
    assert.deepEqual([Object.keys(await repository.listRemotes()), (await repository.state()).trackingRefs], [['origin'], { origin: { main: one } }]);
  });

  it('go with their remote when it is removed, and those of others stay', async () => {
    const repository = await Repository.open(join(await copyFixture('basic'), 'repo'));
    await writeRef(repository.root, 'refs/remotes/origin/team/trial-2', one);
    await writeRef(repository.root, 'refs/remotes/backup/main', two);
    assert.equal(await repository.removeRemote('hub'), false);
    assert.equal(await repository.removeRemote('origin'), true);
    assert.deepEqual((await repository.state()).trackingRefs, { backup: { main: two } });
  });

  it('a name out of the folder moves and removes nothing', async () => {
    const root = await temporaryFolder();
    await writeRef(root, 'refs/heads/main', one);
    await renameTrackingRefs(join(root, '.coral'), '../heads', 'hub');
    await removeTrackingRefs(join(root, '.coral'), '../heads');
    await assert.rejects(renameTrackingRefs(join(root, '.coral'), 'hub', '../heads'), (error) => CoralError.is(error, 'invalid'));
    assert.deepEqual(await readdir(join(root, '.coral/refs/heads')), ['main']);
  });

  it('damage is reported with its file, hides only what is damaged, and is seen in the state', async () => {
    const root = join(await copyFixture('basic'), 'repo');
    await writeRef(root, 'refs/remotes/origin/main', one);
    const damaged = join(root, '.coral/refs/remotes/origin/half');
    await mkdir(dirname(damaged), { recursive: true });
    await writeFile(damaged, '{"name": "half", "commit_');
    await writeRef(root, 'refs/remotes/con/main', one); // no remote can be called that
    const { trackingRefs, problems } = await (await Repository.open(root)).state();
    assert.deepEqual(trackingRefs, { origin: { main: one } });
    assert.deepEqual(problems.map(({ path }) => path), [join(root, '.coral/refs/remotes/con'), damaged]);
  });
});
