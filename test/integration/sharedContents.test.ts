import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../src/core/transfer/syncResult';
import { loadCore } from '../samples/core';
import { dumpStore } from '../samples/dumpStore';
import { makeSharedModel } from '../samples/sharedModel';
import type { WeightNode } from '../../src/vscode/tree/weightNode';
import { activateCoral, closeRepositories, counts, openRepository, remoteOf, tabs, until } from './coral';
import { type Row, row, texts } from './treeRows';

describe('names that share contents, and versions of one name', () => {
  const run = <T>(command: string, ...args: unknown[]): Thenable<T> => vscode.commands.executeCommand<T>(`coral.${command}`, ...args);
  let folder = '';
  const open = async () => {
    folder = await mkdtemp(join(tmpdir(), 'coral-shared-'));
    const model = await makeSharedModel(await loadCore(), folder);
    const repository = await openRepository(model.root);
    assert.deepEqual(await counts(repository), { ahead: 2, behind: 1, synced: 14 });
    return { ...model, repository };
  };
  afterEach(async () => {
    await run('clearFilter');
    await run('viewAsModuleTree');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await closeRepositories();
    await rm(folder, { recursive: true, force: true });
  });
  const short = (hash: string): string => hash.slice(0, 8);

  it('has a row for each of twelve zero biases, and counts names and contents where they differ', async () => {
    const { zeros, commits } = await open();
    const groups = await until('the bytes are known', async () => {
      const shown = await texts('origin');
      return shown.every((text) => /B$|bytes$/.test(text)) && shown;
    });
    assert.deepEqual(groups.map((text) => text.replace(/ · [^·]*$/, '')), ['To push 2', 'To pull 1', 'Synced 25 names, 14 contents']);
    assert.match((await texts('origin', 'Synced'))[0]!, /^blocks 24 names, 13 contents · /);
    for (let block = 0; block < 12; block += 1) {
      const [bias] = (await texts('origin', 'Synced', 'blocks', String(block))).filter((text) => text.startsWith('bias'));
      const place = block === 3 ? `in ${short(commits.first)} \\(main~1\\)  ` : '';
      assert.match(bias ?? '', new RegExp(`^bias ${place}${short(zeros)}…  float32 \\[64\\]  256 bytes$`), `block ${block}`);
    }
  });

  it('says of each version of a name which commit it is in: of this repository, and of one that only the remote has', async () => {
    const { heads, commits } = await open();
    const head = async (group: string): Promise<string> => (await texts('origin', group)).find((text) => text.startsWith('head.weight'))!;
    assert.match(await head('To push'), new RegExp(`^head\\.weight ${short(heads.second)}…  float32`));
    assert.match(await head('Synced'), new RegExp(`^head\\.weight in ${short(commits.first)} \\(main~1\\)  ${short(heads.first)}…`));
    assert.match(await head('To pull'), new RegExp(`^head\\.weight in ${short(commits.theirs)} \\(origin/tuned\\)  ${short(heads.theirs)}…`));
    const badges = await Promise.all(['To push', 'To pull', 'Synced'].map(async (group) => (await row('origin', group, 'head.weight')).item.resourceUri?.query));
    assert.deepEqual(badges, ['M', 'M', '']);
  });

  it('the tooltip names the commits and the other names, and of many only the first', async () => {
    const { zeros, commits } = await open();
    const { tree } = await activateCoral();
    const tooltip = async (...labels: [string, ...string[]]): Promise<string> => {
      const { node, item } = await row(...labels);
      const resolved = await tree.resolveTreeItem(item, node);
      return (resolved.tooltip as vscode.MarkdownString).value.replaceAll('&nbsp;', ' ').replaceAll('\\', '');
    };
    const bias = await tooltip('origin', 'Synced', 'blocks', '5', 'bias');
    assert.match(bias, new RegExp(`- Hash: ${zeros}\n- Commit: ${short(commits.first)} \\(main~1\\) Initialize\n- Also named: blocks.0.bias\n`));
    assert.equal(bias.match(/- Also named:/g)?.length, 11);
    assert.match(await tooltip('origin', 'To pull', 'head.weight'), /- Commit: \w{8} \(origin\/tuned\) Tune\n/);
    assert.match(await tooltip('origin', 'Synced'), /14 weights under 25 names/);
    assert.match(await tooltip('origin'), /Counts are distinct weights/);
  });

  it('finds every name, and shows the row of that very one', async () => {
    const { zeros, repository } = await open();
    const remote = remoteOf(repository);
    const { remotesView } = await activateCoral();
    const found = await remote.call('findWeights', { text: 'bias', limit: 50 });
    assert.deepEqual(found.map(({ name, group }) => `${name} ${group}`).sort(), [...Array.from({ length: 12 }, (_, block) => `blocks.${block}.bias synced`), 'blocks.3.bias ahead'].sort());
    assert.equal((await remote.call('findWeights', { text: short(zeros), limit: 50 })).length, 12);
    const seventh = found.find(({ name }) => name === 'blocks.7.bias')!;
    assert.equal(await remotesView.reveal(remote, seventh), true);
    const node = await until('it is selected', () => remotesView.view.selection.find((each): each is WeightNode => 'row' in each));
    assert.deepEqual([node.row.name, node.row.hash], ['blocks.7.bias', zeros]);
    await run('filterWeights', { filter: 'blocks.1?.bias' });
    assert.deepEqual((await texts('origin')).map((text) => text.replace(/ · .*/, '')), ['Synced 2 names, 1 content of 25 names, 14 contents']);
  });

  it('rows act on the content: two names of one copy one hash and move one content', async () => {
    const { zeros, root, originFolder } = await open();
    const biases = await Promise.all(['4', '5'].map(async (block) => (await row('origin', 'Synced', 'blocks', block, 'bias')).node));
    await run('copyWeightHash', biases[0], biases);
    assert.equal(await vscode.env.clipboard.readText(), zeros);
    await run('copyWeightName', biases[0], biases);
    assert.equal(await vscode.env.clipboard.readText(), 'blocks.4.bias\nblocks.5.bias');
    // The remote loses the zeros: then twelve names are to be pushed, and they are one content.
    await rm(originFolder, { recursive: true });
    await counts((await activateCoral()).model.repository(root)!);
    const lost: Row[] = await Promise.all(['4', '5'].map((block) => row('origin', 'To push', 'blocks', block, 'bias')));
    const result = await run<SyncResultJSON>('pushSelected', lost[0]!.node, lost.map(({ node }) => node));
    assert.deepEqual([result.pushedWeights, result.errors], [1, []]);
    assert.deepEqual(Object.keys(dumpStore(join(originFolder, 'weights.h5'))), [zeros]);
    await until('the rows have moved', async () => (await texts('origin')).some((text) => /^Synced 12 names, 1 content/.test(text)));
  });

  it('details are of the row\'s name and commit, one tab for each', async () => {
    const { commits } = await open();
    const click = async ({ item }: Row): Promise<void> => { await vscode.commands.executeCommand(item.command!.command, ...item.command!.arguments as unknown[]); };
    await click(await row('origin', 'Synced', 'blocks', '4', 'bias'));
    await click(await row('origin', 'Synced', 'blocks', '5', 'bias'));
    await click(await row('origin', 'Synced', 'blocks', '3', 'bias'));
    await click(await row('origin', 'To push', 'blocks.3.bias'));
    await until('all tabs are there', () => tabs().length === 4);
    assert.deepEqual(tabs(), ['4.bias', '5.bias', `3.bias (${short(commits.first)})`, '3.bias']);
  });

  it('a flat list has each content once, with how many names it has', async () => {
    const { zeros } = await open();
    await run('viewAsFlatList');
    const shown = await texts('origin', 'Synced');
    assert.equal(shown.length, 14);
    assert.match(shown.find((text) => text.startsWith(zeros))!, new RegExp(`^${zeros} blocks\\.0\\.bias and 11 more  float32`));
  });
});
