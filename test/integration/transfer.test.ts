import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../src/core/transfer/syncResult';
import { dumpStore } from '../samples/dumpStore';
import { writeRemotes } from '../samples/pythonRepository';
import { counts, fixtureCopies, openRepository, remoteOf, storeOf, transfer } from './coral';

describe('commands on repositories of the Python tool, checked by h5py', () => {
  const { copyOf } = fixtureCopies();

  it('Push sends what the remote lacks, and nothing that it has', async () => {
    const { folder, repository: root } = await copyOf('ahead-behind');
    const remoteStore = join(folder, 'remote/weights.h5');
    const before = dumpStore(remoteStore);
    const repository = await openRepository(root);
    assert.deepEqual(await counts(repository), { ahead: 3, behind: 2, synced: 2 });

    assert.equal((await transfer('push', root)).pushedWeights, 3);
    assert.deepEqual(dumpStore(remoteStore), { ...before, ...dumpStore(storeOf(root)) });
    assert.deepEqual(await counts(repository), { ahead: 0, behind: 2, synced: 5 });
    assert.equal((await transfer('push', root)).pushedWeights, 0);
  });

  it('Pull fetches what is missing here', async () => {
    const { folder, repository: root } = await copyOf('ahead-behind');
    const before = dumpStore(storeOf(root));
    const repository = await openRepository(root);

    assert.equal((await transfer('pull', root)).pulledWeights, 2);
    assert.deepEqual(dumpStore(storeOf(root)), { ...dumpStore(join(folder, 'remote/weights.h5')), ...before });
    assert.equal((await counts(repository)).behind, 0);
  });

  it('Sync does both', async () => {
    const { folder, repository: root } = await copyOf('ahead-behind');
    const repository = await openRepository(root);

    const { pushedWeights, pulledWeights } = await transfer('sync', root);
    assert.deepEqual({ pushedWeights, pulledWeights }, { pushedWeights: 3, pulledWeights: 2 });
    assert.deepEqual(dumpStore(storeOf(root)), dumpStore(join(folder, 'remote/weights.h5')));
    assert.deepEqual(await counts(repository), { ahead: 0, behind: 0, synced: 7 });
  });

  for (const store of ['weights-gzip.h5', 'weights-lzf.h5', 'weights-uncompressed.h5']) {
    it(`carries every dtype and shape of ${store} to a new remote and back`, async () => {
      const from = await copyOf('empty');
      const to = await copyOf('empty');
      await copyFile(join('test/fixtures/dtypes', store), storeOf(from.repository));
      const remote = join(from.folder, 'remote');
      for (const { repository } of [from, to]) await writeRemotes(repository, { origin: `file://${remote}` });
      const expected = dumpStore(storeOf(from.repository));
      await openRepository(from.repository);
      await openRepository(to.repository);

      assert.equal((await transfer('push', from.repository)).pushedWeights, Object.keys(expected).length);
      assert.deepEqual(dumpStore(join(remote, 'weights.h5')), expected);
      assert.equal((await transfer('pull', to.repository)).pulledWeights, Object.keys(expected).length);
      assert.deepEqual(dumpStore(storeOf(to.repository)), expected);
    });
  }

  it('a damaged weight stays behind and is named; the others go', async () => {
    const { folder, repository: root } = await copyOf('empty');
    await copyFile('test/fixtures/corrupt/flipped-byte-gzip.h5', storeOf(root));
    await writeRemotes(root, { origin: `file://${join(folder, 'remote')}` });
    await openRepository(root);

    const result = await vscode.commands.executeCommand<SyncResultJSON>('coral.push', { root, remote: 'origin' });
    assert.deepEqual(result.errors.map(({ reason, hash }) => ({ reason, hash })), [{ reason: 'corrupt', hash: '34f275a6f9f99cf1' }]);
    assert.deepEqual(Object.keys(dumpStore(join(folder, 'remote/weights.h5'))), ['5c92fd77b2f501fd', '621ab69602313d7a', 'cb48e685d7646d9c']);
  });

  it('a remote that does not answer says so, and stays in the list', async () => {
    const { repository: root } = await copyOf('basic');
    await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({
      remotes: { away: { name: 'away', url: 's3://models/x', backend: 's3', endpoint_url: 'http://127.0.0.1:9' } },
    }));
    const repository = await openRepository(root);
    const remote = remoteOf(repository, 'away');
    await remote.fetchStatus();
    assert.equal(remote.error?.reason, 'network');
    assert.match(remote.error.message, /127\.0\.0\.1:9/);
    assert.equal(await vscode.commands.executeCommand('coral.push', { root, remote: 'away' }).then((result) => (result as SyncResultJSON | undefined)?.success ?? false), false);
  });

  it('a damaged remotes.json is reported with its file, and the repository still opens', async () => {
    const { repository: root } = await copyOf('basic');
    const file = join(root, '.coral/remotes.json');
    await copyFile('test/fixtures/remotes/remotes-bad-json.json', file);
    const repository = await openRepository(root);
    assert.equal(repository.remotesProblem?.path, file);
    assert.equal(repository.snapshot?.commits, 2);
    assert.deepEqual(repository.remotes, []);
  });
});
