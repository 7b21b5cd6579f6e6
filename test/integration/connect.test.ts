import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { startFakeS3 } from '../samples/fakeS3';
import { allowedInTests, fixtureCopies, openRepository, remoteOf, setting, until } from './coral';
import { texts } from './treeRows';

describe('connecting a remote that came with the folder', () => {
  const { copies, copyOf } = fixtureCopies();
  afterEach(async () => {
    await setting('allowedEndpoints', allowedInTests);
    await setting('confirmSync', false);
  });

  it('is shown at once, even where nothing is transferred in the end', async () => {
    const server = await startFakeS3();
    copies.push({ remove: () => server.close() });
    const { repository: root } = await copyOf('basic');
    await setting('allowedEndpoints', []);
    await setting('confirmSync', true);
    await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ remotes: { away: { name: 'away', url: 's3://bucket/x/', backend: 's3', endpoint_url: server.endpoint } } }));
    const repository = await openRepository(root);
    const remote = remoteOf(repository, 'away');
    await until('it is not connected', async () => (await texts())[0]?.startsWith('away not connected'));
    assert.equal(server.log.length, 0);

    const asked = await answering(['Connect', 'Show Details'], () => vscode.commands.executeCommand('coral.sync', { root, remote: 'away' }));
    assert.match(asked[0] ?? '', /^Connect away to /);
    assert.match(asked[1] ?? '', /^Sync main with away\?$/);
    await until('its status is there', () => remote.status && !remote.error);
    assert.equal(remote.trouble, undefined);
    await until('the tree says what differs', async () => /^away \d+↑/.test((await texts())[0] ?? ''));
    assert.deepEqual(server.log.filter(({ method }) => method === 'PUT').map(({ key }) => key), []);
  });
});

/** Picks the buttons one after another in the modal questions that an action asks. Resolves with the questions. */
async function answering(buttons: readonly string[], action: () => Thenable<unknown>): Promise<string[]> {
  const window = vscode.window as { showWarningMessage: unknown };
  const original = window.showWarningMessage;
  const asked: string[] = [];
  window.showWarningMessage = (message: string, _: unknown, ...items: readonly (string | vscode.MessageItem)[]) => {
    const button = buttons[asked.push(message) - 1];
    return Promise.resolve(items.find((item) => (typeof item === 'string' ? item : item.title) === button));
  };
  try {
    await action();
  } finally {
    window.showWarningMessage = original;
  }
  return asked;
}
