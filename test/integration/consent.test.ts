import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { FixtureCopy } from '../samples/fixtureCopy';
import { activateCoral, allowedInTests, answerModals, closeRepositories, openRepository, remoteOf, until } from './coral';

describe('an endpoint that came with the folder', () => {
  let server: Server;
  let connections = 0;
  let copy: FixtureCopy;

  beforeEach(async () => {
    connections = 0;
    server = createServer((_, response) => response.writeHead(403).end()).on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    copy = await FixtureCopy.of('basic');
    await writeRemote('s3://models/x/');
    await vscode.workspace.getConfiguration('coral').update('allowedEndpoints', [], vscode.ConfigurationTarget.Global);
  });
  afterEach(async () => {
    await vscode.workspace.getConfiguration('coral').update('allowedEndpoints', allowedInTests, vscode.ConfigurationTarget.Global);
    await closeRepositories();
    await copy.remove();
    server.closeAllConnections();
    server.close();
  });
  const writeRemote = (url: string): Promise<void> => writeFile(
    join(copy.repository, '.coral/remotes.json'), JSON.stringify({ remotes: { away: { url, backend: 's3', endpoint_url: endpoint() } } }));
  const endpoint = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it('gets no packet before the person agrees, whatever is shown or refreshed', async () => {
    const { tree } = await activateCoral();
    const remote = remoteOf(await openRepository(copy.repository), 'away');
    await remote.fetchStatus();
    for (const root of await tree.getChildren()) await tree.getChildren(root);
    await vscode.commands.executeCommand('coral.refresh');
    assert.equal(connections, 0);
    assert.match(String(remote.error?.message), /^away lies at 127\.0\.0\.1:\d+, says this folder; Coral has not contacted it yet/);
  });

  it('is asked about by every command that would contact it, and left alone when the answer is no', async () => {
    const remote = remoteOf(await openRepository(copy.repository), 'away');
    const target = { root: remote.root, remote: 'away' };
    for (const command of ['fetchStatus', 'push', 'pull', 'sync', 'showRemoteInfo']) {
      const asked = answerModals(undefined);
      await vscode.commands.executeCommand(`coral.${command}`, target);
      assert.match(asked.restore()[0] ?? '', /^Connect away to 127\.0\.0\.1:\d+\?$/, command);
    }
    assert.equal(connections, 0);
  });

  it('is contacted once the person agreed, and asked about again at another address', async () => {
    const repository = await openRepository(copy.repository);
    const asked = answerModals('Connect');
    await vscode.commands.executeCommand('coral.fetchStatus', { root: repository.root, remote: 'away' });
    await vscode.commands.executeCommand('coral.fetchStatus', { root: repository.root, remote: 'away' });
    assert.equal(asked.restore().length, 1);
    assert.ok(connections > 0);
    await writeRemote('s3://models/y/');
    const moved = await until('the new address is read', () => repository.remotes.find(({ summary }) => summary.url.endsWith('/y/')));
    assert.equal(moved.isAllowed, false);
  });
});
