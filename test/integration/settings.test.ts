import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { makePythonRepository, writeRemotes } from '../samples/pythonRepository';
import { type RecordingServer, startRecordingServer } from '../samples/recordingServer';
import { activateCoral, counts, fixtureCopies, openRepository, remoteOf, setting, transfer, until } from './coral';
import { Onlooker } from './onlooker';

describe('settings', () => {
  const { copies, copyOf } = fixtureCopies();
  let server: RecordingServer | undefined;
  afterEach(async () => {
    for (const name of ['bandwidthLimit', 'compression', 'concurrency', 'defaultRemote', 'logLevel', 'remotesFile.shape', 'transfer.exclude', 'transfer.include']) await setting(name, undefined);
    await server?.close();
    server = undefined;
  });

  it('defaultRemote: the remote that stands for its repository', async () => {
    const { folder, repository: root } = await copyOf('basic');
    await writeRemotes(root, { alpha: `file://${join(folder, 'a')}`, beta: `file://${join(folder, 'b')}` });
    const repository = await openRepository(root);
    const { model } = await activateCoral();
    assert.equal(model.defaultRemote(repository)?.name, 'alpha');
    await setting('defaultRemote', 'beta');
    assert.equal(model.defaultRemote(repository)?.name, 'beta');
    await setting('defaultRemote', 7);
    assert.equal(model.defaultRemote(repository)?.name, 'alpha');
  });

  it('bandwidthLimit: a push takes as long as it must, and no limit holds it up no more', async () => {
    const repository = await makePythonRepository(4, 1_000_000);
    copies.push(repository);
    await openRepository(repository.root);
    await setting('bandwidthLimit', 2);
    const began = performance.now();
    assert.equal((await transfer('push', repository.root)).pushedWeights, 4);
    const seconds = (performance.now() - began) / 1000;
    assert.ok(seconds > 1.2, `4 MB at 2 MB/s took ${seconds.toFixed(2)} s`);
  });

  it('compression: how weights lie in weights.h5', async () => {
    const repository = await makePythonRepository(1, 1_000_000);
    copies.push(repository);
    await openRepository(repository.root);
    const sizeWith = async (compression: string): Promise<number> => {
      const folder = join(repository.root, '..', compression);
      await writeRemotes(repository.root, { [compression]: `file://${folder}` });
      await until('the remote is known', async () => (await activateCoral()).model.remote(repository.root, compression));
      await setting('compression', compression);
      await transfer('push', repository.root, compression);
      return (await readFile(join(folder, 'weights.h5'))).byteLength;
    };
    const [none, gzip] = [await sizeWith('none'), await sizeWith('gzip')];
    assert.ok(none >= 1_000_000 && gzip < none, `${none} bytes without, ${gzip} with gzip`);
  });

  it('transfer.include and transfer.exclude: what stays behind still counts, and a message says how much it is', async () => {
    const repository = await makePythonRepository(4, 1_000);
    copies.push(repository);
    const opened = await openRepository(repository.root);
    const target = { root: repository.root, remote: 'origin' };
    const left = (count: string) => `${count} left out by coral.transfer.include and exclude.`;
    const onlooker = new Onlooker();
    try {
      await setting('transfer.include', ['encoder.*', 7]);
      await setting('transfer.exclude', ['*.part0.weight', '*.part1.weight']);
      await vscode.commands.executeCommand('coral.previewPush', target);
      await until('the preview says so', () => vscode.window.activeTextEditor?.document.getText().includes(left('2 weights were')));
      const pushed = await transfer('push', repository.root);
      assert.deepEqual([pushed.pushedWeights, pushed.pushedCommits], [2, 0]);
      assert.deepEqual(await counts(opened), { ahead: 2, behind: 0, synced: 2 });
      assert.match(onlooker.seen.join('\n'), /warning: Pushed 2 weights .*2 weights were left out by coral\.transfer\.include and exclude\./);

      onlooker.seen.length = 0;
      assert.equal((await transfer('sync', repository.root)).pushedWeights, 0);
      assert.ok(onlooker.seen.includes(`warning: Sync with origin: ${left('2 weights were')}`), onlooker.seen.join('\n'));
      await remoteOf(opened).transfer({ direction: 'push', weightHashes: [repository.weights['encoder.layers.0.part0.weight']!] }, {});
      assert.deepEqual(await counts(opened), { ahead: 1, behind: 0, synced: 3 }, 'what was selected by hand went');

      await setting('transfer.include', 'decoder.*');
      await setting('transfer.exclude', { not: 'a list' });
      const rest = await transfer('push', repository.root);
      assert.deepEqual([rest.pushedWeights, rest.pushedCommits, rest.warnings], [1, 1, []]);
    } finally {
      onlooker.dispose();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });

  it('remotesFile.shape: of a new remotes.json', async () => {
    for (const shape of ['flat', 'nested']) {
      const { folder, repository: root } = await copyOf('empty');
      await setting('remotesFile.shape', shape);
      await openRepository(root);
      const { client } = await activateCoral();
      await client.call('addRemote', { root, name: 'origin', url: `file://${join(folder, 'remote')}` });
      assert.deepEqual(Object.keys(JSON.parse(await readFile(join(root, '.coral/remotes.json'), 'utf8')) as object), [shape === 'flat' ? 'origin' : 'remotes']);
    }
  });

  it('logLevel and concurrency: each request is logged without keys, and values out of bounds still work', async () => {
    server = await startRecordingServer();
    const { repository: root } = await copyOf('basic');
    await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ remotes: { away: { name: 'away', url: 's3://models/x/', backend: 's3', endpoint_url: server.endpoint } } }));
    const remote = remoteOf(await openRepository(root), 'away');
    await setting('concurrency', -3);
    await remote.fetchStatusAgain();
    assert.equal(remote.error, undefined);
    await setting('logLevel', 'trace');
    await remote.fetchStatusAgain();
    await vscode.commands.executeCommand('coral.showLog');
    const text = await until('the log tells of the requests', () => {
      const shown = vscode.workspace.textDocuments.find(({ uri, fileName }) => uri.scheme === 'output' && /coral/i.test(fileName))?.getText() ?? '';
      return /GET x\/refs\.json.*: not there, \d+ ms/.test(shown) && /LIST x\/weights\//.test(shown) ? shown : undefined;
    });
    assert.equal(text.match(/LIST x\/weights\/: ok, 0 keys/g)?.length, 1, 'of two looks, one was logged');
    assert.ok(!text.includes('key-of-nobody') && !text.includes('secret-of-nobody'), 'the keys of the tests are not in the log');
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });
});
