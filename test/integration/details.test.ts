import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ShownWeight } from '../../src/webview/messages';
import { writeRef } from '../samples/commit';
import { activateCoral, closeRepositories, counts, fixtureCopies, openRepository, tabs, until } from './coral';
import { row, rows } from './treeRows';

describe('tabs about weights', () => {
  const { copyOf } = fixtureCopies();
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  const run = (command: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(`coral.${command}`, ...args);

  it('a row opens its weight by its command, the same row the same tab; two rows open a comparison', async () => {
    const { repository: root } = await copyOf('ahead-behind');
    await counts(await openRepository(root));
    const [first, second] = await rows((await row('origin', 'To push')).node);
    const { command } = first!.item;
    assert.ok(command?.command === 'coral.showWeight');
    for (let i = 0; i < 2; i += 1) await vscode.commands.executeCommand(command.command, ...command.arguments as unknown[]);
    await until('the tab is there', () => tabs().includes('m0'));
    assert.deepEqual(tabs().filter((title) => title === 'm0'), ['m0']);
    await run('compareWeights', first!.node, [first!.node, second!.node]);
    await until('the comparison is there', () => tabs().includes('m0 ↔ m1'));
    assert.equal((await activateCoral()).panels.count, 2);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until('closed tabs are forgotten', async () => (await activateCoral()).panels.count === 0);
  });

  it('what to compare one with: the commit before and the branch of a remote come first, each of which opens a comparison', async () => {
    const { repository: root } = await copyOf('branches');
    await writeRef(root, 'refs/remotes/origin/main', '21d398d8a4fe944687cd33537fc58984');
    await openRepository(root);
    const merged: ShownWeight = { root, hash: 'ddbeb32945cfda65', name: 'w0' };
    const offered = await picking('origin/main', () => run('compareWeights', merged));
    assert.deepEqual(offered, [
      '$(history) Previous commit | 3a2a83bd… main: w1, w3', '$(history) origin/main | 3a2a83bd… after push', 'other versions', '$(git-commit) a7179326 | 3a2a83bd… base', '', '$(search) Another weight…',
    ]);
    await until('the comparison is there', () => tabs().includes('w0 ↔ w0 (21d398d8)'));
    assert.deepEqual(await picking(undefined, () => run('compareWeights', { root, hash: '6d45054f4ba92dcc', name: 'w9' })), ['$(search) Another weight…']);
    assert.deepEqual(tabs(), ['w0 ↔ w0 (21d398d8)']);
  });

  it('plain data opens one as well; what is no hash, or no open repository, opens none', async () => {
    const { repository: root } = await copyOf('basic');
    await openRepository(root);
    const target: ShownWeight = { root, hash: 'b5adf40b90970f42', name: 'encoder.bias', remote: 'origin' };
    await run('showWeight', target);
    await until('the tab is there', () => tabs().includes('encoder.bias'));
    await run('showWeight', { ...target, hash: '../../etc' });
    assert.deepEqual(tabs().filter((title) => title !== 'encoder.bias'), []);
    await closeRepositories();
  });
});

/** Picks the item with this text, or none, in the list that an action shows. Resolves with the whole list. */
async function picking(text: string | undefined, action: () => Thenable<unknown>): Promise<string[]> {
  const window = vscode.window as { showQuickPick: unknown };
  const original = window.showQuickPick;
  let offered: readonly vscode.QuickPickItem[] = [];
  window.showQuickPick = (items: readonly vscode.QuickPickItem[]) => {
    offered = items;
    return Promise.resolve(text === undefined ? undefined : items.find(({ label }) => label.endsWith(text)));
  };
  try {
    await action();
  } finally {
    window.showQuickPick = original;
  }
  return offered.map(({ label, description }) => [label, ...(description === undefined ? [] : [description])].join(' | '));
}
