import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { writeCommit } from '../samples/commit';
import { type HostileServer, startHostileServer } from '../samples/hostileServer';
import { activateCoral, fixtureCopies, openRepository, remoteOf, until } from './coral';
import { Onlooker } from './onlooker';
import { rowsOf } from './treeRows';

const hostile = '[x](command:coral.push)\n2026-11-28 00:00:00.000 [info] forged \u001b[31m\u202e$(check) <b>secret-of-nobody</b> https://h/?X-Amz-Signature=0123abcd s3://joe:pa55word@b/';
const works = /\]\(command:|\$\(check\)|[\u001b\u202e]|\n2026/;
const secret = /secret-of-nobody|0123abcd|pa55word/;

/** A remote's name that Windows would take as well. */
const remoteName = 'a$(check) ](x';

describe('outside text is text', () => {
  const { copyOf } = fixtureCopies();
  let server: HostileServer;
  let onlooker: Onlooker;
  beforeEach(async () => {
    server = await startHostileServer({ code: 'the-code-of-[x](command:coral.push)', message: hostile });
    onlooker = new Onlooker();
  });
  afterEach(async () => {
    onlooker.dispose();
    await server.close();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** A repository whose names are a stranger's, too. */
  const open = async () => {
    const { repository: root } = await copyOf('basic');
    const remotes = { [remoteName]: { url: 's3://models/x/?sig=0123abcd', backend: 's3', endpoint_url: server.endpoint } };
    await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ remotes }));
    await writeCommit(root, { message: hostile, time: new Date(2026, 10, 28), weights: { [hostile]: '0123456789abcdef' } });
    return openRepository(root);
  };
  const check = (what: string, shown: string, wrong = works): void => {
    assert.notEqual(shown, '', `${what} shows something`);
    assert.doesNotMatch(shown, wrong, `${what}: ${shown}`);
    assert.doesNotMatch(shown, secret, `${what}: ${shown}`);
    assert.ok(shown.length < 10_000, `${what} has ${shown.length} characters`);
  };

  it('no link, command, control character or secret of it works or shows in rows, tooltips, notifications, the log and diagnostics', async () => {
    const { tree, history } = await activateCoral();
    const logged = (await logLines('')).length; // the suites before this one have filled the log, with stacks of several lines too
    const repository = await open();
    const remote = remoteOf(repository, remoteName);
    await remote.fetchStatus();
    assert.ok(remote.error, 'the server was asked, and refused');

    for (const view of [tree, history]) {
      const tops = await rowsOf(view);
      const below = (await Promise.all(tops.map(({ node }) => rowsOf(view, node)))).flat();
      for (const { node, item, text } of [...tops, ...below]) {
        check('a row', text);
        check('a spoken row', item.accessibilityInformation?.label ?? 'none');
        const { tooltip } = await view.resolveTreeItem(item, node);
        if (!tooltip) continue;
        const { value } = tooltip as vscode.MarkdownString;
        assert.doesNotMatch(value.replace(/\\[!-/:-@[-`{-~]/g, '_'), /\]\(|\$\(|[<\u001b\u202e]/, 'signs that are not escaped');
        assert.doesNotMatch(value.replaceAll('\\', ''), secret, 'a tooltip');
      }
      assert.ok(below.some(({ text }) => text.includes('[x] (command:coral.push)')), 'what it says is there all the same');
    }

    for (const command of ['push', 'pull', 'sync']) await vscode.commands.executeCommand(`coral.${command}`, { root: repository.root, remote: remoteName });
    const notifications = onlooker.seen.filter((text) => text.startsWith('error:'));
    assert.ok(notifications.length >= 2, onlooker.seen.join('\n'));
    for (const text of onlooker.seen) check('what is shown or asked', text);

    await vscode.commands.executeCommand('coral.copyDiagnostics');
    check('the diagnostics', await vscode.env.clipboard.readText());
    // It is no markup there, so that nothing but a line of its own could be taken for something else. What the suites before this one
    // did may be logged only now, with stacks of ours, which have lines of their own.
    const lines = (await logLines('refused a request')).slice(logged).filter((line) => !/^\s+at \S/.test(line));
    assert.ok(lines.some((line) => line.includes('[info] forged')), 'the log says what the server said');
    for (const line of lines) check('a line of the log', line, /^(?!20\d\d-\d\d-\d\d [\d:.]+ \[\w+\] )|\[info\] forged(?<!⏎.*)|[\u001b\u202e]/);
  });

  it('40 long errors leave a short log, and one of 2 MB no more than that it is too long', async () => {
    const repository = await open();
    const before = (await logLines('')).join('\n').length;
    for (let index = 0; index < 40; index += 1) {
      server.says = { code: 'TooOdd', message: `error ${index} ${'long '.repeat(10_000)}` };
      await remoteOf(repository, remoteName).fetchStatus();
    }
    await logLines('error 39');
    server.says = { code: 'TooOdd', message: 'long '.repeat(400_000) };
    await remoteOf(repository, remoteName).fetchStatus();
    const log = (await logLines('more than any S3 server would')).join('\n');
    assert.ok(log.length - before < 100_000, `${log.length - before} characters`);
    assert.match(log, /characters more\)/);
  });

  /** Lines of the log, as soon as one of them holds a text. */
  const logLines = async (text: string): Promise<string[]> => {
    await vscode.commands.executeCommand('coral.showLog');
    const log = await until('the log is shown', () => vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'output' && /Coral/.test(uri.path)));
    return until(`the log says ${text}`, () => log.getText().includes(text) && log.getText().split('\n').filter((line) => line !== ''));
  };
});
