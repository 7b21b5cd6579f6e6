import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { CoralExtensionApi } from '../../src/extension';
import type { RepositoryModel } from '../../src/vscode/model/repositoryModel';
import { writeCommit } from '../samples/commit';
import { FixtureCopy } from '../samples/fixtureCopy';
import { type RecordingServer, startRecordingServer } from '../samples/recordingServer';
import { activateCoral, allowedInTests, answerModals, closeRepositories, openRepository, remoteOf, setting, transfer, until } from './coral';
import { rows } from './treeRows';

/** Counts connections and answers none of them. */
async function startCounter(): Promise<{ readonly server: Server; readonly url: string; readonly connections: () => number }> {
  let connections = 0;
  const server = createServer((_, response) => response.writeHead(403).end()).on('connect', (_, socket) => socket.destroy()).on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections };
}

/** All that shows or refreshes a repository without a command that is about one remote. */
async function lookEverywhere({ tree }: CoralExtensionApi, repository: RepositoryModel): Promise<void> {
  for (const remote of repository.remotes) await remote.fetchStatus();
  for (const root of await tree.getChildren()) for (const child of await tree.getChildren(root)) await tree.getChildren(child);
  await vscode.commands.executeCommand('coral.refresh');
  await setting('autofetch', 'all');
  await new Promise((resolve) => { setTimeout(resolve, 500); });
}

describe('what came with the folder', () => {
  let copy: FixtureCopy;
  let counter: Awaited<ReturnType<typeof startCounter>>;
  let other: RecordingServer;

  beforeEach(async () => {
    [counter, other, copy] = [await startCounter(), await startRecordingServer(), await FixtureCopy.of('basic')];
    await setting('allowedEndpoints', []);
  });
  afterEach(async () => {
    await setting('allowedEndpoints', allowedInTests);
    await setting('autofetch', undefined);
    await vscode.workspace.getConfiguration('http').update('proxy', undefined, vscode.ConfigurationTarget.Global);
    await closeRepositories();
    await copy.remove();
    await other.close();
    counter.server.closeAllConnections();
    counter.server.close();
  });
  const writeRemote = (url: string, entry: object = { endpoint_url: counter.url }): Promise<void> => writeFile(
    join(copy.repository, '.coral/remotes.json'), JSON.stringify({ remotes: { away: { name: 'away', url, backend: url.split(':')[0], ...entry } } }));
  const target = (): { root: string; remote: string } => ({ root: copy.repository, remote: 'away' });
  const fetchStatus = async (answer: string | undefined): Promise<string[]> => {
    const asked = answerModals(answer);
    await vscode.commands.executeCommand('coral.fetchStatus', target());
    return asked.restore();
  };

  it('a server gets no packet before the person agrees, whatever is shown or refreshed, and that is no error', async () => {
    await writeRemote('s3://models/x/');
    const api = await activateCoral();
    const repository = await openRepository(copy.repository);
    await lookEverywhere(api, repository);
    assert.equal(counter.connections(), 0);
    const remote = remoteOf(repository, 'away');
    assert.deepEqual([remote.error, remote.status, remote.trouble], [undefined, undefined, 'not connected']);
    const [row] = await rows();
    assert.match(row!.text, /^away not connected/);
    assert.deepEqual((await rows(row!.node)).map(({ label }) => label), [`Connect to ${new URL(counter.url).host}...`]);
  });

  it('nor does Amazon, whose servers need no endpoint', async () => {
    await vscode.workspace.getConfiguration('http').update('proxy', counter.url, vscode.ConfigurationTarget.Global);
    await writeRemote('s3://models-of-a-stranger/x/', { auto_push: true, region: 'us-east-1' });
    const api = await activateCoral();
    const repository = await openRepository(copy.repository);
    await lookEverywhere(api, repository);
    const before = repository.snapshot!.commits;
    await writeCommit(copy.repository, { message: 'Tune', time: new Date(), weights: {} });
    await until('the commit is seen', () => repository.snapshot?.commits === before + 1);
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
    assert.equal(counter.connections(), 0);
    assert.deepEqual(await fetchStatus(undefined), ['Connect away to Amazon S3?']);
    assert.equal(counter.connections(), 0);
    await fetchStatus('Connect');
    assert.ok(counter.connections() > 0, 'once agreed, the proxy is asked for Amazon');
  });

  it('nor is a share on another machine looked at', async () => {
    // On this system the share is a folder, so that a look at it would succeed.
    const share = `file:///${copy.folder}/remote`;
    await mkdir(join(copy.folder, 'remote'), { recursive: true });
    await writeRemote(share, {});
    const api = await activateCoral();
    const repository = await openRepository(copy.repository);
    await lookEverywhere(api, repository);
    const remote = remoteOf(repository, 'away');
    assert.deepEqual([remote.isAllowed, remote.status, remote.error], [false, undefined, undefined]);
    assert.equal((await fetchStatus('Connect')).length, 1);
    assert.ok(remote.status, 'once agreed');
  });

  it('is asked about by every command that would contact it, and left alone when the answer is no', async () => {
    await writeRemote('s3://models/x/');
    await openRepository(copy.repository);
    for (const command of ['fetchStatus', 'push', 'pull', 'sync', 'previewPush', 'showRemoteInfo', 'checkIntegrity', 'pruneRemote']) {
      const asked = answerModals('Not Now');
      await vscode.commands.executeCommand(`coral.${command}`, { ...target(), depth: 'shallow' });
      assert.match(asked.restore()[0] ?? '', /^Connect away to 127\.0\.0\.1:\d+\?$/, command);
    }
    assert.equal(counter.connections(), 0);
  });

  it('is contacted once the person agreed, and asked about again at another address', async () => {
    await writeRemote('s3://models/x/');
    const repository = await openRepository(copy.repository);
    assert.equal((await fetchStatus('Connect')).length, 1);
    assert.equal((await fetchStatus('Connect')).length, 0);
    assert.ok(counter.connections() > 0);
    await writeRemote('s3://models/y/');
    const moved = await until('the new address is read', () => repository.remotes.find(({ summary }) => summary.url.endsWith('/y/')));
    assert.equal(moved.isAllowed, false);
  });

  it('is asked about anew when remotes.json has changed and nobody has read it yet: nothing goes elsewhere', async () => {
    await writeRemote('s3://models/x/', { endpoint_url: counter.url });
    await openRepository(copy.repository);
    await fetchStatus('Connect');
    const before = counter.connections();
    for (const command of ['fetchStatus', 'push', 'pull', 'sync', 'previewPush']) {
      await writeRemote('s3://models/x/', { endpoint_url: other.endpoint });
      const asked = answerModals('Not Now');
      await vscode.commands.executeCommand(`coral.${command}`, target());
      assert.deepEqual(asked.restore(), [`Connect away to ${new URL(other.endpoint).host}?`], command);
    }
    assert.deepEqual([counter.connections(), other.requests], [before, []]);
  });

  it('a folder is looked at, but auto push is not the first to write there', async function () {
    if (!vscode.window.state.focused) return this.skip();
    const remoteFolder = join(copy.folder, 'fresh');
    await writeRemote(`file://${remoteFolder}`, { auto_push: true });
    const repository = await openRepository(copy.repository);
    const remote = remoteOf(repository, 'away');
    await until('the folder was looked at', () => remote.status);
    const before = repository.snapshot!.commits;
    await writeCommit(copy.repository, { message: 'Tune', time: new Date(), weights: {} });
    await until('the commit is seen', () => repository.snapshot?.commits === before + 1);
    await new Promise((resolve) => { setTimeout(resolve, 1500); });
    assert.equal(remote.mayPushByItself, false);
    assert.equal(existsSync(remoteFolder), false, 'nothing was made there');
    const [row] = await rows();
    assert.ok((await rows(row!.node)).some(({ label }) => label === 'Auto push starts after your first push to this remote'));
    await transfer('push', copy.repository, 'away');
    const commit = await writeCommit(copy.repository, { message: 'Tune again', time: new Date(), weights: {} });
    await until('the next commit goes by itself', () => existsSync(join(remoteFolder, 'commits', `${commit}.json`)));
  });

  it('a store that a link leads to is used once the person agreed to its real path', async () => {
    const [objects, elsewhere] = [join(copy.repository, '.coral/objects'), join(copy.folder, 'elsewhere')];
    await rename(objects, elsewhere);
    await symlink(elsewhere, objects);
    const { model } = await activateCoral();
    vscode.workspace.updateWorkspaceFolders(1, 0, { uri: vscode.Uri.file(copy.repository) });
    const repository = await until('the link is seen', () => model.repositories.find(({ root, links }) => root === copy.repository && links.length > 0));
    assert.deepEqual([repository.snapshot, repository.remotes], [undefined, []]);
    const [row] = await rows();
    assert.equal(row!.text, `Linked to ${elsewhere} Use It...`);
    const { command, arguments: given } = row!.item.command!;
    let asked = answerModals('Not Now');
    await vscode.commands.executeCommand(command, ...given as unknown[]);
    assert.deepEqual([asked.restore(), repository.snapshot], [[`Use ${elsewhere}?`], undefined]);
    asked = answerModals('Use It');
    await vscode.commands.executeCommand(command, ...given as unknown[]);
    asked.restore();
    assert.ok((repository.snapshot?.weights ?? 0) > 0);
    await rm(objects);
    await symlink(join(copy.folder, 'third'), objects);
    await repository.refresh();
    assert.deepEqual(repository.links.map(({ realPath }) => realPath), [join(copy.folder, 'third')], 'another place is asked about again');
  });
});
