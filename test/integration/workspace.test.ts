import assert from 'node:assert/strict';
import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { dumpStore } from '../samples/dumpStore';
import { writeCommit } from '../samples/commit';
import { writeRemotes } from '../samples/pythonRepository';
import { activateCoral, counts, fixtureCopies, openRepository, remoteOf, storeOf, transfer, until } from './coral';

describe('the workspace', () => {
  const { copyOf } = fixtureCopies();

  it('holds several repositories, and a command touches only the one it is about', async () => {
    const one = await copyOf('ahead-behind');
    const other = await copyOf('ahead-behind');
    await openRepository(one.repository);
    const untouched = await openRepository(other.repository);
    const { model } = await activateCoral();
    assert.deepEqual(model.repositories.map(({ root }) => root), [one.repository, other.repository]);
    const before = dumpStore(join(other.folder, 'remote/weights.h5'));

    await transfer('push', one.repository);
    assert.deepEqual(dumpStore(join(other.folder, 'remote/weights.h5')), before);
    assert.deepEqual(await counts(untouched), { ahead: 3, behind: 2, synced: 2 });
  });

  it('lists the weights of each group with name, shape, dtype and size', async () => {
    const { repository: root } = await copyOf('ahead-behind');
    const repository = await openRepository(root);
    const remote = remoteOf(repository);
    await remote.fetchStatus();
    const { rows, total } = await remote.call('weights', { group: 'ahead', layout: 'modules', offset: 0, limit: 10 });
    assert.equal(total, 3);
    assert.deepEqual(rows.map(({ hash, name, shape, dtype, byteLength }) => ({ hash, name, shape, dtype, byteLength })), [
      { hash: '903b8c60f90af3cb', name: 'm0', shape: [8, 8], dtype: 'float32', byteLength: 256 },
      { hash: 'a13540b3ae43c8cd', name: 'm1', shape: [8, 8], dtype: 'float32', byteLength: 256 },
      { hash: '9ac06ed9bbe6aa99', name: 'm2', shape: [8, 8], dtype: 'float32', byteLength: 256 },
    ]);
    const behind = await remote.call('weights', { group: 'behind', layout: 'flat', offset: 0, limit: 1 });
    assert.equal(behind.rows.length, 1);
    assert.equal(behind.total, 2);
  });

  it('shows a commit made on disk, and what it changes about the remote', async () => {
    const { repository: root } = await copyOf('basic');
    const repository = await openRepository(root);
    const { ahead } = await counts(repository);
    const commits = repository.snapshot!.commits;
    // As the Python tool does it: the store first, then the commit.
    await copyFile('test/fixtures/h5-variants/libver-default.h5', storeOf(root));
    const [hash] = Object.keys(dumpStore(storeOf(root)));
    await writeCommit(root, { message: 'by hand', time: new Date(), weights: { added: hash! } });
    await until('the new commit is seen', () => repository.snapshot?.commits === commits + 1);
    await until('the status follows', () => (remoteOf(repository).status?.ahead ?? ahead) > ahead);
  });

  it('shows a remote that was added to remotes.json on disk, and one that was removed', async () => {
    const { folder, repository: root } = await copyOf('basic');
    const repository = await openRepository(root);
    const url = `file://${join(folder, 'remote')}`;
    await writeRemotes(root, { origin: url, second: url });
    await until('the second remote is there', () => repository.remotes.length === 2);
    await writeRemotes(root, { second: url });
    await until('the first remote is gone', () => repository.remotes.map(({ name }) => name).join() === 'second');
  });

  it('notices that a repository is gone, and that it is back', async () => {
    const { repository: root } = await copyOf('basic');
    await openRepository(root);
    const { model } = await activateCoral();
    await rename(join(root, '.coral'), join(root, 'elsewhere'));
    await until('it is gone', () => model.repositories.length === 0);
    await rename(join(root, 'elsewhere'), join(root, '.coral'));
    await until('it is back', () => model.repositories.length === 1);
  });

  it('reading changes no file: not in the repository, not at the remote', async () => {
    const { folder, repository: root } = await copyOf('empty');
    await writeRemotes(root, { origin: `file://${join(folder, 'nowhere')}` });
    const repository = await openRepository(root);
    assert.deepEqual(await counts(repository), { ahead: 0, behind: 0, synced: 0 });
    await remoteOf(repository).call('info', {});
    await assert.rejects(rm(join(folder, 'nowhere')), { code: 'ENOENT' });
  });
});
