import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ShownWeight } from '../../src/webview/messages';
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
