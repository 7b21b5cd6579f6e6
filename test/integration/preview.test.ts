import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../src/core/transfer/syncResult';
import { writeTag } from '../samples/commit';
import { dumpStore } from '../samples/dumpStore';
import { answerModals, counts, fixtureCopies, openRepository, setting, storeOf, until } from './coral';

describe('previews, and the question before a sync', () => {
  const { copyOf } = fixtureCopies();
  afterEach(async () => {
    await setting('confirmSync', false);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  const open = async () => {
    const { folder, repository: root } = await copyOf('ahead-behind');
    return { root, repository: await openRepository(root), target: { root, remote: 'origin' }, remoteStore: join(folder, 'remote/weights.h5') };
  };
  const shownText = (title: string): Promise<string> => until(`${title} is shown`, () => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === 'coral' && document.uri.path === `/${title}` && document.getText() !== '' ? document.getText() : undefined;
  });
  const lenses = async (): Promise<vscode.Command[]> => {
    const uri = vscode.window.activeTextEditor!.document.uri;
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
    return found.flatMap(({ command }) => command ?? []);
  };

  it('Preview Push, Pull and Sync say what would move, and move nothing', async () => {
    const { root, repository, target, remoteStore } = await open();
    const before = [dumpStore(storeOf(root)), dumpStore(remoteStore)];
    await vscode.commands.executeCommand('coral.previewPush', target);
    const push = await shownText('Push to origin (Preview)');
    assert.match(push, /^Push to origin: 3 weights \(768 bytes\) and 2 commits will be pushed\.\nPreview of \d\d:\d\d\. Nothing has moved yet\.\n\nTo push: 3 weights, 768 bytes \([\d.]+ [kMGT]B free there\)\n/);
    assert.match(push, /\n {2}with 2 commits\n {2}Branch main moves there\n/);
    assert.equal(push.match(/^ {2}\S+ +[0-9a-f]{8}… +float32 \[.*\] +256 bytes$/gm)?.length, 3);
    await vscode.commands.executeCommand('coral.previewPull', target);
    assert.match(await shownText('Pull from origin (Preview)'), /^Pull from origin: 2 weights \(512 bytes\) will be pulled\./);
    await vscode.commands.executeCommand('coral.previewSync', target);
    assert.match(await shownText('Sync with origin (Preview)'), /^Sync with origin: 3 weights \(768 bytes\) and 2 commits will be pushed, 2 \(512 bytes\) pulled\./);
    assert.deepEqual([dumpStore(storeOf(root)), dumpStore(remoteStore)], before);
    assert.deepEqual(await counts(repository), { ahead: 3, behind: 2, synced: 2 });
  });

  it('the links of a preview go on from it, without asking again', async () => {
    await setting('confirmSync', true);
    const { repository, target } = await open();
    await vscode.commands.executeCommand('coral.previewSync', target);
    await shownText('Sync with origin (Preview)');
    const [run, again] = await lenses();
    assert.deepEqual([run?.title, again?.title], ['Sync', 'Preview Again']);
    const asked = answerModals(undefined);
    await vscode.commands.executeCommand(run!.command, ...run!.arguments as unknown[]);
    assert.deepEqual(asked.restore(), []);
    assert.deepEqual(await counts(repository), { ahead: 0, behind: 0, synced: 7 });
    await vscode.commands.executeCommand(again!.command, ...again!.arguments as unknown[]);
    await until('the preview says that nothing is left', () => vscode.window.activeTextEditor?.document.getText().startsWith('Sync with origin: Nothing will move.'));
    assert.deepEqual((await lenses()).map(({ title }) => title), ['Preview Again']);
  });

  it('a preview up to a commit counts what that takes, and its link pushes that much', async () => {
    const { root, target } = await open();
    const common = '3b2cead2e531e055b9b8c3edf7b819d5';
    await vscode.commands.executeCommand('coral.previewPush', { ...target, upTo: common });
    const text = await shownText(`Push to origin up to ${common.slice(0, 8)}… (Preview)`);
    assert.match(text, /^Push to origin up to 3b2cead2…: 1 commit will be pushed\.\n/);
    const [run, again] = await lenses();
    assert.deepEqual([run?.title, again?.title], ['Push', 'Preview Again']);
    const result = await vscode.commands.executeCommand<SyncResultJSON>(run!.command, ...run!.arguments as unknown[]);
    assert.deepEqual([result.pushedWeights, result.pushedCommits, result.errors], [0, 1, []]);
    const { refs } = JSON.parse(await readFile(join(root, '../remote/refs.json'), 'utf8')) as { refs: unknown };
    assert.deepEqual(refs, { main: common });
  });

  it('the links to push and pull run the plan that was read, and move nothing where it would be another one by now', async () => {
    const { root, repository, target } = await open();
    await vscode.commands.executeCommand('coral.previewPull', target);
    await shownText('Pull from origin (Preview)');
    const [pull] = await lenses();
    await vscode.commands.executeCommand('coral.previewPush', target);
    await shownText('Push to origin (Preview)');
    const [push] = await lenses();
    assert.deepEqual([pull?.title, push?.title], ['Pull', 'Push']);
    const run = (command: vscode.Command) => vscode.commands.executeCommand<SyncResultJSON | undefined>(command.command, ...command.arguments as unknown[]);
    assert.equal((await run(pull!))?.pulledWeights, 2);
    await writeTag(root, 'meanwhile', '3b2cead2e531e055b9b8c3edf7b819d5');
    assert.equal(await run(push!), undefined, 'a tag has come that nobody has read of');
    await until('nothing was pushed', async () => isDeepStrictEqual(await counts(repository), { ahead: 3, behind: 0, synced: 4 }));
  });

  it('Sync asks first, and goes by the answer', async () => {
    await setting('confirmSync', true);
    const { root, repository, target, remoteStore } = await open();
    const sync = async (answer: string | undefined) => {
      const asked = answerModals(answer);
      const result = await vscode.commands.executeCommand<SyncResultJSON | undefined>('coral.sync', target);
      return { asked: asked.restore(), result };
    };
    assert.deepEqual(await sync(undefined), { asked: ['Sync main with origin?'], result: undefined });
    assert.equal((await sync('Show Details')).result, undefined);
    await shownText('Sync with origin (Preview)');
    assert.deepEqual(await counts(repository), { ahead: 3, behind: 2, synced: 2 });
    const { asked, result } = await sync('Sync, Don\'t Ask Again');
    assert.deepEqual([asked.length, result?.pushedWeights, result?.pulledWeights], [1, 3, 2]);
    assert.deepEqual(dumpStore(storeOf(root)), dumpStore(remoteStore));
    assert.equal(vscode.workspace.getConfiguration('coral').get('confirmSync'), false);
    await setting('confirmSync', true);
    assert.deepEqual((await sync(undefined)).asked, [], 'nothing would move, so there is no question');
  });

  it('Sync moves nothing that was not agreed to: where something has changed meanwhile, it says so and asks again', async () => {
    await setting('confirmSync', true);
    const { root, target } = await open();
    const window = vscode.window as { showWarningMessage: unknown };
    const original = window.showWarningMessage;
    const details: (string | undefined)[] = [];
    // Somebody tags a commit while the question is on the screen.
    window.showWarningMessage = async (_message: string, options: vscode.MessageOptions, ...buttons: vscode.MessageItem[]) => {
      details.push(options.detail);
      if (details.length === 1) await writeTag(root, 'meanwhile', '3b2cead2e531e055b9b8c3edf7b819d5');
      return buttons.find((each) => (typeof each === 'string' ? each : each.title) === 'Sync');
    };
    try {
      const result = await vscode.commands.executeCommand<SyncResultJSON | undefined>('coral.sync', target);
      assert.deepEqual([result?.pushedWeights, result?.pulledWeights, result?.pushedVersions, result?.errors], [3, 2, 1, []]);
    } finally {
      window.showWarningMessage = original;
    }
    assert.equal(details.length, 2);
    assert.doesNotMatch(String(details[0]), /has changed|1 tag/);
    assert.match(String(details[1]), /^Nothing was moved: this repository or origin has changed since you were asked\. [^]*1 tag/);
  });
});
