import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'mocha';
import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../src/core/transfer/syncResult';
import type { CoralExtensionApi } from '../../src/extension';
import type { RemoteModel } from '../../src/vscode/model/remoteModel';
import type { RepositoryModel } from '../../src/vscode/model/repositoryModel';
import { FixtureCopy } from '../samples/fixtureCopy';

export function coralExtension(): vscode.Extension<CoralExtensionApi> {
  const { publisher, name } = JSON.parse(readFileSync('package.json', 'utf8')) as { publisher: string; name: string };
  const extension = vscode.extensions.getExtension<CoralExtensionApi>(`${publisher}.${name}`);
  assert.ok(extension, 'the extension is installed');
  return extension;
}

export const activateCoral = async (): Promise<CoralExtensionApi> => coralExtension().activate();

/** Opens a folder, the repository's own when none is named, beside those that are open, and waits until its repository was read. */
export async function openRepository(root: string, folder = root): Promise<RepositoryModel> {
  const { model } = await activateCoral();
  await changeFolders(() => vscode.workspace.updateWorkspaceFolders(openFolders().length, 0, { uri: vscode.Uri.file(folder) }));
  return until(`the repository ${root} is read`, () => {
    const repository = model.repository(root);
    return repository?.snapshot ? repository : undefined;
  });
}

/** Closes all but the first folder, which the extension host lives with. */
export async function closeRepositories(): Promise<void> {
  const { model } = await activateCoral();
  const count = openFolders().length;
  if (count > 1) await changeFolders(() => vscode.workspace.updateWorkspaceFolders(1, count - 1));
  await until('all repositories are closed', () => model.repositories.length === 0);
}

const openFolders = (): readonly vscode.WorkspaceFolder[] => vscode.workspace.workspaceFolders ?? [];

async function changeFolders(change: () => boolean): Promise<void> {
  const changed = new Promise<void>((resolve) => {
    const subscription = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      subscription.dispose();
      resolve();
    });
  });
  assert.ok(change(), 'VS Code takes the change of folders');
  await changed;
}

export function remoteOf(repository: RepositoryModel, name = 'origin'): RemoteModel {
  const remote = repository.remotes.find((candidate) => candidate.name === name);
  assert.ok(remote, `there is a remote ${name}`);
  return remote;
}

/** The last state of a remote, asked now: weights only here, only there, on both sides. */
export async function counts(repository: RepositoryModel, name = 'origin'): Promise<{ ahead: number; behind: number; synced: number }> {
  const remote = remoteOf(repository, name);
  await remote.fetchStatus();
  assert.equal(remote.error, undefined);
  const { ahead, behind, synced } = remote.status!;
  return { ahead, behind, synced };
}

/** Runs a transfer by its command, as a key binding would, and demands that all went well. */
export async function transfer(command: 'push' | 'pull' | 'sync', root: string, remote = 'origin'): Promise<SyncResultJSON> {
  const result = await vscode.commands.executeCommand<SyncResultJSON | undefined>(`coral.${command}`, { root, remote });
  assert.ok(result, `coral.${command} gives a result`);
  assert.deepEqual(result.errors, []);
  return result;
}

/** The first value that is neither undefined nor false. */
export async function until<T>(what: string, read: () => T | undefined | false | Promise<T | undefined | false>, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`Not so after ${seconds} s: ${what}.`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

/** Sets one of our settings for this user; undefined takes it back to its default. */
export async function setting(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('coral').update(name, value, vscode.ConfigurationTarget.Global);
}

/** Servers on this machine, which the tests start themselves. */
export const allowedInTests = ['127.0.0.1', 'localhost'];

/** Answers modal warnings with a button, undefined being Cancel, until `restore`, which gives the questions. */
export function answerModals(button: string | undefined): { restore(): string[] } {
  const window = vscode.window as { showWarningMessage: unknown };
  const original = window.showWarningMessage;
  const asked: string[] = [];
  window.showWarningMessage = (message: string, _options: unknown, ...buttons: (string | vscode.MessageItem)[]) => {
    asked.push(message);
    return Promise.resolve(buttons.find((each) => (typeof each === 'string' ? each : each.title) === button));
  };
  return { restore: () => { window.showWarningMessage = original; return asked; } };
}

/** Titles of the open editor tabs. */
export const tabs = (): string[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));

export const storeOf = (root: string): string => join(root, '.coral/objects/weights.h5');

/** Copies of fixtures for the tests of a suite. After each test its repositories are closed and all of `copies` is removed. */
export function fixtureCopies(): { readonly copies: { remove(): Promise<void> }[]; readonly copyOf: (name: string) => Promise<FixtureCopy> } {
  const copies: { remove(): Promise<void> }[] = [];
  afterEach(async () => {
    await closeRepositories();
    await Promise.all(copies.splice(0).map((copy) => copy.remove()));
  });
  const copyOf = async (name: string): Promise<FixtureCopy> => {
    const copy = await FixtureCopy.of(name);
    copies.push(copy);
    return copy;
  };
  return { copies, copyOf };
}
