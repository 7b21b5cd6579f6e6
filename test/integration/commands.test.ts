import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../src/core/transfer/syncResult';
import { dumpStore } from '../samples/dumpStore';
import { FixtureCopy } from '../samples/fixtureCopy';
import { writeRemotes } from '../samples/pythonRepository';
import { closeRepositories, counts, openRepository, remoteOf, storeOf, tabs, until } from './coral';
import type { RemoteContents } from '../../src/worker/protocol/details';
import { row, rows } from './treeRows';

describe('commands on rows of the tree, and from the palette', () => {
  const copies: FixtureCopy[] = [];
  const open = async (name: string) => {
    const copy = await FixtureCopy.of(name);
    copies.push(copy);
    const { folder, repository: root } = copy;
    return { root, remoteStore: join(folder, 'remote/weights.h5'), folder, repository: await openRepository(root) };
  };
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await closeRepositories();
    await Promise.all(copies.splice(0).map((copy) => copy.remove()));
  });
  const weightsOf = async (group: string) => (await rows((await row('origin', group)).node)).map(({ node }) => node);
  const run = <T>(command: string, ...args: unknown[]): Thenable<T> => vscode.commands.executeCommand<T>(`coral.${command}`, ...args);

  it('Push Selected Weights sends those alone', async () => {
    const { root, remoteStore, repository } = await open('ahead-behind');
    await counts(repository);
    const before = dumpStore(remoteStore);
    const [first, , third] = await weightsOf('To push');
    const result = await run<SyncResultJSON>('pushSelected', first, [first, third]);
    assert.deepEqual([result.pushedWeights, result.errors], [2, []]);
    const local = dumpStore(storeOf(root));
    const sent = Object.fromEntries(['903b8c60f90af3cb', '9ac06ed9bbe6aa99'].map((hash) => [hash, local[hash]]));
    assert.deepEqual(dumpStore(remoteStore), { ...before, ...sent });
    assert.deepEqual(await counts(repository), { ahead: 1, behind: 2, synced: 4 });
  });

  it('Pull Selected Weights fetches those alone, and nothing of the other groups', async () => {
    const { root, remoteStore, repository } = await open('ahead-behind');
    await counts(repository);
    const before = dumpStore(storeOf(root));
    const [first] = await weightsOf('To pull');
    const [other] = await weightsOf('To push');
    const result = await run<SyncResultJSON>('pullSelected', first, [first, other]);
    assert.deepEqual([result.pulledWeights, result.pushedWeights, result.errors], [1, 0, []]);
    const after = dumpStore(storeOf(root));
    const [hash, ...more] = Object.keys(after).filter((key) => !(key in before));
    assert.deepEqual(more, []);
    assert.deepEqual(after, { ...before, [hash!]: dumpStore(remoteStore)[hash!] });
    assert.deepEqual(await counts(repository), { ahead: 3, behind: 1, synced: 3 });
  });

  it('Copy Weight Hash copies the whole hashes, one a line', async () => {
    const { repository } = await open('ahead-behind');
    await counts(repository);
    const [first, second] = await weightsOf('To push');
    await run('copyWeightHash', first, [first, second]);
    assert.equal(await vscode.env.clipboard.readText(), '903b8c60f90af3cb\na13540b3ae43c8cd');
    await run('copyWeightHash', second);
    assert.equal(await vscode.env.clipboard.readText(), 'a13540b3ae43c8cd');
  });

  it('Copy Diagnostics tells versions, changed settings, and the state of each remote', async () => {
    const { repository } = await open('ahead-behind');
    await counts(repository);
    await vscode.workspace.getConfiguration('coral').update('concurrency', 8, vscode.ConfigurationTarget.Global);
    await run('copyDiagnostics');
    await vscode.workspace.getConfiguration('coral').update('concurrency', undefined, vscode.ConfigurationTarget.Global);
    const text = await vscode.env.clipboard.readText();
    assert.match(text, new RegExp(`^- Coral \\d+\\.\\d+\\.\\d+, VS Code ${vscode.version} `, 'm'));
    assert.match(text, /^- coral\.concurrency: 8$/m);
    assert.match(text, /^- branch main, \d+ commits, 5 weights, \d staged$/m);
    assert.match(text, /^- remote origin \(file, file:\/\/.*\): 2 weights to pull, 3 weights to push.*, 2 shared, checked \d\d:\d\d$/m);
  });

  it('Fetch Status sees what others have pushed; with one remote it asks for none', async () => {
    const { root, remoteStore, repository } = await open('ahead-behind');
    assert.equal((await counts(repository)).ahead, 3);
    await copyFile(storeOf(root), remoteStore);
    await run('fetchStatus');
    const { ahead, behind, synced } = remoteOf(repository).status!;
    assert.deepEqual({ ahead, behind, synced }, { ahead: 0, behind: 0, synced: 5 });
  });

  it('with several remotes it lets one pick', async () => {
    const { root, folder, repository } = await open('basic');
    const url = `file://${join(folder, 'remote')}`;
    await writeRemotes(root, { another: `${url}-2`, origin: url });
    await until('both remotes are there', () => repository.remotes.length === 2);
    assert.equal(remoteOf(repository, 'another').status, undefined); // only the default remote is asked unbidden
    let ended = false;
    const fetched = run('fetchStatus').then(() => { ended = true; });
    await until('the first remote in the list is picked', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return ended;
    });
    await fetched;
    assert.equal(remoteOf(repository, 'another').status?.behind, 0);
  });

  it('Show Remote Info opens a tab, Copy Remote Info as JSON says the same to programs', async () => {
    const { repository, folder } = await open('basic');
    const { synced, behind } = await counts(repository);
    await run('showRemoteInfo', (await row('origin')).node);
    await until('the tab is there', () => tabs().includes('origin'));
    await run('copyRemoteInfo', { root: repository.root, remote: 'origin' });
    const info = JSON.parse(await vscode.env.clipboard.readText()) as { url: string; storage: { weights: number }; contents: RemoteContents };
    assert.deepEqual([info.url, info.storage.weights, info.contents.weights], [`file://${join(folder, 'remote')}`, synced + behind, synced + behind]);
    const elements = Object.values(dumpStore(join(folder, 'remote/weights.h5'))).map(({ shape }) => shape.reduce((product, length) => product * length, 1));
    assert.deepEqual(info.contents.types.map(({ dtype, weights }) => ({ dtype, weights })), [{ dtype: 'float32', weights: elements.length }]);
    assert.equal(info.contents.rawBytes, 4 * elements.reduce((sum, count) => sum + count, 0));
  });
});
