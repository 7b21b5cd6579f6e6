import assert from 'node:assert/strict';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { fixtureCopies, openRepository, until } from './coral';

const json = vscode.extensions.getExtension('vscode.json-language-features');

describe('.coral/remotes.json in an editor', () => {
  const { copyOf } = fixtureCopies();
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  /** A repository with this remotes.json. */
  async function repositoryWith(text: string): Promise<{ root: string; path: string; uri: vscode.Uri }> {
    const { repository: root } = await copyOf('empty');
    const path = join(root, '.coral/remotes.json');
    await writeFile(path, text);
    await openRepository(root);
    return { root, path, uri: vscode.Uri.file(path) };
  }
  const ours = (uri: vscode.Uri): vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Coral');
  const found = (uri: vscode.Uri, ...codes: string[]): Promise<unknown> => until(
    `the findings are ${codes.join()}`, () => isDeepStrictEqual(ours(uri).map(({ code }) => code), codes));

  async function fix(uri: vscode.Uri, title: string): Promise<void> {
    const actions = await until(`there is "${title}"`, async () => {
      const all = await Promise.all(ours(uri).map(({ range }) => vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range)));
      return all.flat().find((action) => action.title === title);
    });
    if (actions.edit) assert.ok(await vscode.workspace.applyEdit(actions.edit));
    if (actions.command) await vscode.commands.executeCommand(actions.command.command, ...actions.command.arguments as unknown[]);
  }

  it('what is wrong in a file is told without opening it, and while it is typed', async () => {
    const { path, uri } = await repositoryWith('{"origin": {"url": "s3://b/p", "backend": "s3"}}');
    await found(uri, 'slash');
    await writeFile(path, '{"origin": {"url": "s3://b/p"');
    await found(uri, 'syntax');
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    if (json) await found(uri); // VS Code's own JSON support says it now
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(0, 0, 9, 0), '{"origin": {"url": "s3://b/", "backend": "folder"}}');
    await vscode.workspace.applyEdit(edit);
    await found(uri, 'backend');
    await fix(uri, 'Change it to "s3"');
    await found(uri);
    assert.equal(document.getText(), '{"origin": {"url": "s3://b/", "backend": "s3"}}');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('a byte order mark is nothing to speak of, and shifts nothing; what is no file holds nothing up', async function () {
    const text = '{"origin": {"url": "s3://b/p", "backend": "s3"}}';
    const { path, uri } = await repositoryWith('');
    for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      await writeFile(path, '{');
      await found(uri, 'syntax');
      await writeFile(path, bytes);
      await found(uri, 'slash');
      assert.equal(ours(uri)[0]!.range.start.character, '{"origin": {"url": '.length);
    }
    if (process.platform === 'win32') return this.skip();
    await rm(path);
    await symlink('/dev/zero', path);
    await found(uri);
    await rm(path);
    await writeFile(path, '{');
    await found(uri, 'syntax');
  });

  it('adds the slash; moves keys to the secret storage, once the file is saved', async () => {
    const text = '{ "remotes": {"o":{"name":"o", "url":"s3://b/p", "backend":"s3", "endpoint_url":"http://127.0.0.1:9",\n\t"access_key":"AKIA", "secret_key":"hush"} },  "x": 1 }\n';
    const { path, uri } = await repositoryWith(text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await found(uri, 'slash', 'secret', 'secret');
    await fix(uri, 'Add the slash');
    assert.equal(document.getText(), text.replace('s3://b/p"', 's3://b/p/"'));
    await found(uri, 'secret', 'secret');
    await fix(uri, 'Move to Secret Storage'); // says that it is to be saved first
    assert.equal(await readFile(path, 'utf8'), text);
    assert.ok(await document.save());
    await fix(uri, 'Move to Secret Storage');
    assert.equal(await readFile(path, 'utf8'), text.replace('s3://b/p"', 's3://b/p/"').replace(/,\s*"access_key":"AKIA", "secret_key":"hush"/, ''));
    await found(uri);
  });

  it('has completion, hovers and errors by its schema', async function () {
    if (!json) {
      this.test!.title += ' (skipped: this VS Code has no JSON support)';
      return this.skip();
    }
    const { uri } = await repositoryWith('{\n"remotes": {"o": {"name": "o", "url": "s3://b/", "auto_push": "yes", }}\n}');
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await until('the schema finds the text that should be a flag', () => vscode.languages.getDiagnostics(uri).some(({ message }) => /boolean/.test(message)));
    const at = (text: string, offset = 0): vscode.Position => document.positionAt(document.getText().indexOf(text) + offset);
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', uri, at('"yes", ', 7));
    const labels = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const key of ['backend', 'region', 'endpoint_url', 'auto_pull']) assert.ok(labels.includes(key), labels.join());
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, at('auto_push', 2));
    assert.match(hovers.flatMap(({ contents }) => contents).map((part) => (part instanceof vscode.MarkdownString ? part.value : '')).join(), /pushed after each commit/);
  });
});
