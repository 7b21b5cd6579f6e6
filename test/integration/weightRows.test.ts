import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../src/core/transfer/syncResult';
import { dumpStore } from '../samples/dumpStore';
import type { WeightNode } from '../../src/vscode/tree/weightNode';
import { makePythonRepository } from '../samples/pythonRepository';
import { activateCoral, counts, fixtureCopies, openRepository, remoteOf, until } from './coral';
import { row, rows, texts } from './treeRows';

describe('rows of weights', () => {
  const { copies, copyOf } = fixtureCopies();
  const run = <T>(command: string, ...args: unknown[]): Thenable<T> => vscode.commands.executeCommand<T>(`coral.${command}`, ...args);
  afterEach(async () => {
    await run('clearFilter');
    await run('viewAsModuleTree');
  });
  /** Weights to push, in modules of 16. */
  const open = async (count: number) => {
    const made = await makePythonRepository(count, 128);
    copies.push(made);
    const repository = await openRepository(made.root);
    await counts(repository);
    return { ...made, repository };
  };

  it('a module row stands for its weights: pushed, and copied', async function () {
    this.timeout(120_000);
    const { weights, remoteStore, repository } = await open(160);
    const hashesOf = (module: string) => Object.entries(weights).flatMap(([name, hash]) => (name.startsWith(`${module}.`) ? [hash] : [])).sort();
    const [seven, nine] = await Promise.all(['7', '9'].map(async (layer) => (await row('origin', 'To push', 'encoder.layers', layer)).node));
    const single = (await row('origin', 'To push', 'encoder.layers', '8', 'part3.weight')).node;
    await run('copyWeightHash', seven);
    assert.deepEqual((await vscode.env.clipboard.readText()).split('\n'), hashesOf('encoder.layers.7'));
    await run('copyWeightName', seven, [seven, single]);
    assert.equal(await vscode.env.clipboard.readText(), 'encoder.layers.7\nencoder.layers.8.part3.weight');
    const result = await run<SyncResultJSON>('pushSelected', seven, [seven, single, nine]);
    assert.deepEqual([result.pushedWeights, result.errors], [33, []]);
    const sent = [...hashesOf('encoder.layers.7'), ...hashesOf('encoder.layers.9'), weights['encoder.layers.8.part3.weight']!].sort();
    assert.deepEqual(Object.keys(dumpStore(remoteStore)).sort(), sent);
    assert.deepEqual(await counts(repository), { ahead: 127, behind: 0, synced: 33 });
    await until('the tree has moved them', async () => (await texts('origin')).some((text) => text.startsWith('Synced 33')));
  });

  it('a filter by name or hash leaves what matches; counts, selections and the view follow', async function () {
    this.timeout(120_000);
    const { weights } = await open(320);
    const { tree } = await activateCoral();
    await run('filterWeights', { filter: '*.layers.1?.part3.*' });
    assert.match((await texts('origin'))[0]!, /^To push 10 of 320/);
    assert.deepEqual((await texts('origin', 'To push', 'encoder.layers')).map((text) => text.slice(0, 15)), Array.from({ length: 10 }, (_, index) => `1${index}.part3.weight`));
    await run('copyWeightHash', (await row('origin', 'To push')).node);
    const expected = Object.entries(weights).flatMap(([name, hash]) => (/\.1\d\.part3\./.test(name) ? [hash] : []));
    assert.deepEqual((await vscode.env.clipboard.readText()).split('\n').sort(), expected.sort());

    const [name, hash] = Object.entries(weights)[234]!;
    await run('filterWeights', { filter: hash.slice(0, 9).toUpperCase() });
    assert.match((await texts('origin', 'To push'))[0]!, new RegExp(`^${name} `));
    await run('filterWeights', { filter: 'no such thing' });
    assert.deepEqual(await texts('origin'), ['No weight matches "no such thing"']);
    await run('clearFilter');
    assert.equal(tree.listing.filter, '');
    assert.match((await texts('origin'))[0]!, /^To push 320/);
  });

  it('a weight is found and shown wherever it is, without the pages before it', async function () {
    this.timeout(120_000);
    const { weights, repository } = await open(1100);
    const { tree, remotesView } = await activateCoral();
    const remote = remoteOf(repository);
    const find = async (text: string) => remote.call('findWeights', { text, limit: 5 });
    const name = 'encoder.layers.61.part3.weight';
    const [found] = await find('layers.61 part3');
    assert.deepEqual(found, { hash: weights[name]!, name, group: 'ahead' });
    assert.deepEqual((await find(weights[name]!.slice(0, 10))).map((each) => each.name), [name]);

    await remotesView.reveal(remote, found);
    const selected = (hash: string) => until(`${hash} is selected`, () => remotesView.view.selection.find((node): node is WeightNode => 'row' in node && (node as WeightNode).row.hash === hash));
    assert.equal((await selected(found.hash)).item().label, 'part3.weight');

    await run('viewAsFlatList');
    const last = Object.values(weights).sort().at(-1)!;
    assert.equal(await remotesView.reveal(remote, { hash: last, group: 'ahead' }), true);
    const below = (await rows((await row('origin', 'To push')).node)).map(({ label }) => label);
    assert.deepEqual([below.length, below[500], below[600], below[601]], [601, 'Load 500 more (of 500)', last, undefined]);
    await selected(last);
    assert.equal(await remotesView.reveal(remote, { hash: 'f'.repeat(16), group: 'ahead' }), false);
    assert.equal(tree.listing.layout, 'flat');
  });

  it('says what was seen last of a remote that cannot be read, how old that is, and lets one try again', async () => {
    const { folder, repository: root } = await copyOf('ahead-behind');
    const repository = await openRepository(root);
    await counts(repository);
    const store = join(folder, 'remote/weights.h5');
    await rename(store, `${store}.whole`);
    await writeFile(store, 'no HDF5 file');
    // The same place, in another entry: what a new window knows of it.
    await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ origin: { url: `file://${join(folder, 'remote')}`, backend: 'file', auto_pull: true } }));
    const remote = await until('it is read again', () => repository.remotes.find(({ summary }) => summary.autoPull));
    await remote.fetchStatus();
    assert.equal(remote.status, undefined);
    assert.match((await texts())[0]!, /^origin failed · last seen at \d\d:\d\d · 2↓ 3↑ · file:/);
    const [error, ...groups] = await rows((await row('origin')).node);
    assert.equal(error!.item.contextValue, `error.${remote.error!.reason}.remote`);
    assert.deepEqual(groups.map(({ text, item }) => [text, item.collapsibleState]), [['To push 3', 0], ['To pull 2', 0], ['Synced 2', 0]]);
    await rename(`${store}.whole`, store);
    await run('retryRemote', error!.node);
    assert.match((await texts())[0]!, /^origin 2↓ 3↑ · file:/);
  });
});
