import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activateCoral, coralExtension, counts, fixtureCopies, openRepository, tabs } from './coral';
import { Onlooker } from './onlooker';
import { rows, rowsOf, type Row } from './treeRows';

interface Entry { readonly command: string; readonly when?: string }

const { contributes } = coralExtension().packageJSON as { contributes: { commands: { command: string }[]; menus: Record<string, Entry[]> } };
const hidden = contributes.menus['commandPalette']!.filter(({ when }) => when === 'false').map(({ command }) => command);
const inPalette = contributes.commands.map(({ command }) => command).filter((command) => !hidden.includes(command));
/** What they change is seen in a view or panel, and tested with it. */
const seenElsewhere = ['coral.refresh', 'coral.showLog', 'coral.viewAsModuleTree', 'coral.viewAsFlatList', 'coral.showHistory'];
/** The words of an error that nobody foresaw. */
const unforeseen = /undefined|is not a function|cannot read|\[object|TypeError|unexpected/i;

describe('every command', () => {
  const { copyOf } = fixtureCopies();
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('coral.viewAsModuleTree');
  });

  /** What a person sees of a command, all questions being dismissed. */
  const watch = async (command: string, ...args: unknown[]): Promise<string[]> => {
    await vscode.env.clipboard.writeText('');
    const before = tabs();
    const onlooker = new Onlooker();
    try {
      await vscode.commands.executeCommand(command, ...args);
    } finally {
      onlooker.dispose();
    }
    const copied = await vscode.env.clipboard.readText();
    const opened = tabs().filter((tab) => !before.includes(tab));
    if (opened.length > 0) await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    return [...onlooker.seen, ...(copied ? [`copied: ${copied.slice(0, 40)}`] : []), ...opened.map((tab) => `tab: ${tab}`)];
  };
  const check = (command: string, seen: readonly string[], where: string): void => {
    console.log(`      ${where.padEnd(18)} ${command.padEnd(30)} ${seen.join(' | ').replaceAll('\n', ' ').slice(0, 200)}`);
    assert.ok(seen.length > 0 || seenElsewhere.includes(command), `${command} says nothing`);
    assert.deepEqual(seen.filter((each) => unforeseen.test(each)), [], `${command} fails unforeseen`);
  };
  const checkPalette = async (where: string): Promise<void> => {
    for (const command of inPalette) check(command, await watch(command), where);
  };

  it('from the palette, without a repository, says so or asks', async function () {
    this.timeout(120_000);
    await activateCoral();
    await checkPalette('no repository');
  });

  it('from the palette, without a remote, says so or does what needs none', async function () {
    this.timeout(120_000);
    const { repository: root } = await copyOf('basic');
    await rm(join(root, '.coral/remotes.json'));
    await openRepository(root);
    await checkPalette('no remote');
  });

  it('from the palette, with one remote, takes that', async function () {
    this.timeout(120_000);
    await counts(await openRepository((await copyOf('ahead-behind')).repository));
    await checkPalette('one remote');
  });

  it('from the palette, with several repositories and remotes, asks which', async function () {
    this.timeout(120_000);
    for (const name of ['ahead-behind', 'branches']) {
      const { repository: root, folder } = await copyOf(name);
      const remotes = Object.fromEntries(['origin', 'backup'].map((remote) => [remote, { name: remote, url: `file://${join(folder, remote)}`, backend: 'file' }]));
      await mkdir(join(folder, 'origin'), { recursive: true });
      await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ remotes }));
      await openRepository(root);
    }
    await checkPalette('several');
  });

  it('from each row that its menu names', async function () {
    this.timeout(240_000);
    await counts(await openRepository((await copyOf('ahead-behind')).repository));
    await counts(await openRepository((await copyOf('branches')).repository));
    const { history, tree } = await activateCoral();
    const entries = contributes.menus['view/item/context']!;
    const tried = new Set<string>();
    for (const [view, provider] of [['coral.remotes', tree], ['coral.history', history]] as const) {
      const oneOfEach = new Map<string, Row>();
      const collect = async (at?: Row, depth = 0): Promise<void> => {
        for (const each of at ? await rowsOf(provider, at.node) : view === 'coral.remotes' ? await rows() : await rowsOf(provider)) {
          const kind = each.item.contextValue ?? '';
          if (!oneOfEach.has(kind)) oneOfEach.set(kind, each);
          if (depth < 4 && each.item.collapsibleState) await collect(each, depth + 1);
        }
      };
      await collect();
      for (const [kind, { node }] of oneOfEach) {
        for (const { command, when = '' } of entries.filter(({ when }) => when?.startsWith(`view == ${view} `))) {
          const matches = [...when.matchAll(/(!?)\(?viewItem (?:=~ \/(.*?)\/(?= |\)|$)|== (\w+))/g)]
            .every(([, not, pattern, text]) => (pattern === undefined ? kind === text : new RegExp(pattern).test(kind)) !== (not === '!'));
          if (!matches || tried.has(`${command} ${kind}`)) continue;
          tried.add(`${command} ${kind}`);
          check(command, await watch(command, node, [node]), `${view.slice(6)} ${kind}`);
        }
      }
    }
    for (const kind of ['remote.idle', 'repository', 'weight.ahead', 'weight.behind', 'group.ahead', 'commit']) {
      assert.ok([...tried].some((each) => each.endsWith(` ${kind}`)), `a row of kind ${kind} was tried`);
    }
  });
});
