import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { fixtureCopies, openRepository, remoteOf, until } from './coral';
import { row, texts } from './treeRows';

describe('remotes are added, edited, renamed, made the default', () => {
  const { copyOf } = fixtureCopies();
  const servers: Server[] = [];
  afterEach(() => { for (const server of servers.splice(0)) server.close(); });
  const run = (command: string, target: object): Thenable<unknown> => vscode.commands.executeCommand(`coral.${command}`, target);
  const fileOf = (root: string): string => join(root, '.coral/remotes.json');
  const readRemotes = async (root: string): Promise<unknown> => JSON.parse(await readFile(fileOf(root), 'utf8'));

  /** A server that refuses everything, and notes whose keys it was shown. */
  async function recorder(): Promise<{ endpoint: string; ids: string[] }> {
    const ids: string[] = [];
    const server = createServer((request, answer) => {
      ids.push(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'nobody at all');
      answer.writeHead(403, { 'content-type': 'application/xml' }).end('<Error><Code>AccessDenied</Code></Error>');
    });
    servers.push(server);
    await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
    return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ids };
  }

  it('Add Remote takes a name and a URL, tests the folder and saves', async () => {
    const { repository: root, folder } = await copyOf('empty');
    const repository = await openRepository(root);
    await run('addRemote', { root, name: 'shared', url: `file://${join(folder, 'shared')}` });
    assert.equal(remoteOf(repository, 'shared').summary.url, `file://${join(folder, 'shared')}`);
  });

  it('Edit Remote changes what it is given, and keeps what it does not know', async () => {
    const { repository: root, folder } = await copyOf('basic');
    const entry = { url: `file://${join(folder, 'remote')}`, backend: 'file', endpoint_url: null, owner: ['me', 1.5] };
    await writeFile(fileOf(root), JSON.stringify({ origin: entry, version: 3 }));
    const repository = await openRepository(root);
    await run('editRemote', { root, remote: 'origin', changes: { url: `file://${join(folder, 'other')}`, autoPush: true } });
    assert.deepEqual(await readRemotes(root), { origin: { ...entry, url: `file://${join(folder, 'other')}`, auto_push: true }, version: 3 });
    assert.equal(remoteOf(repository).summary.autoPush, true);
    await run('editRemote', { root, remote: 'origin', changes: { autoPush: false } });
    assert.equal(remoteOf(repository).summary.autoPush, false);
  });

  it('Rename Remote keeps the place in the file and the default; a name that is taken is refused', async () => {
    const { repository: root, folder } = await copyOf('basic');
    const url = `file://${join(folder, 'remote')}`;
    const nested = (name: string): object => ({ name, url, backend: 'file', note: name });
    await writeFile(fileOf(root), JSON.stringify({ remotes: { one: nested('one'), two: nested('two') } }));
    const repository = await openRepository(root);
    await run('setDefaultRemote', { root, remote: 'two' });
    const defaultName = (): string | undefined => vscode.workspace.getConfiguration('coral', vscode.Uri.file(root)).get('defaultRemote');
    assert.equal(defaultName(), 'two');
    assert.match(await readFile(join(root, '.vscode/settings.json'), 'utf8'), /"coral\.defaultRemote": "two"/);
    await run('renameRemote', { root, remote: 'two', name: 'one' }); // says why not
    assert.deepEqual(repository.remotes.map(({ name }) => name), ['one', 'two']);
    await run('renameRemote', { root, remote: 'two', name: 'zwei' });
    assert.deepEqual(await readRemotes(root), { remotes: { one: nested('one'), zwei: { ...nested('two'), name: 'zwei' } } });
    assert.deepEqual(repository.remotes.map(({ name }) => name), ['one', 'zwei']);
    assert.equal(defaultName(), 'zwei');
    await until('the row of the default says so, and it alone', async () => (await texts()).every((text) => text.startsWith('zwei') === /· default ·/.test(text)));
    const { item } = await row('zwei');
    assert.match(item.accessibilityInformation?.label ?? '', /^Default remote, zwei, /);
  });

  it('Copy Bucket Policy copies what the bucket and prefix need', async () => {
    const { repository: root } = await copyOf('empty');
    await writeFile(fileOf(root), JSON.stringify({ cloud: { url: 's3://models/a/', backend: 's3', endpoint_url: 'http://127.0.0.1:9' } }));
    await openRepository(root);
    await run('copyBucketPolicy', { root, remote: 'cloud' });
    const { Statement } = JSON.parse(await vscode.env.clipboard.readText()) as { Statement: { Action: string[]; Resource: string[] }[] };
    assert.deepEqual(Statement.map(({ Resource }) => Resource), [['arn:aws:s3:::models'], ['arn:aws:s3:::models/a/*']]);
    assert.ok(Statement[1]!.Action.includes('s3:PutObject'));
  });

  it('keys that were in the file go into the secret storage, along with a rename, and to no other server', async () => {
    const [first, second] = [await recorder(), await recorder()];
    const { repository: root } = await copyOf('empty');
    const entry = { url: 's3://models/a/', backend: 's3', endpoint_url: first.endpoint };
    const before = JSON.stringify({ cloud: { ...entry, access_key: 'FROMFILE', secret_key: 'shh' }, other: 1 }, null, 3);
    await writeFile(fileOf(root), before);
    const repository = await openRepository(root);
    const askedBy = async (name: string, { ids }: { ids: string[] }): Promise<string[]> => {
      const remote = await until(`there is ${name}`, () => repository.remotes.find((candidate) => candidate.name === name));
      await remote.settled();
      ids.length = 0;
      await remote.fetchStatus();
      return [...new Set(ids)];
    };
    assert.deepEqual(await askedBy('cloud', first), ['FROMFILE']);

    await run('editRemote', { root, remote: 'cloud', changes: { endpointUrl: second.endpoint } }); // says why not
    assert.equal(await readFile(fileOf(root), 'utf8'), before);

    await run('moveKeysToSecretStorage', { root, remote: 'cloud' });
    assert.equal(await readFile(fileOf(root), 'utf8'), before.replace(/,\s*"access_key": "FROMFILE",\s*"secret_key": "shh"/, ''));
    assert.deepEqual(await askedBy('cloud', first), ['FROMFILE']);

    await run('renameRemote', { root, remote: 'cloud', name: 'sky' });
    assert.deepEqual(await askedBy('sky', first), ['FROMFILE']);

    await run('editRemote', { root, remote: 'sky', changes: { endpointUrl: second.endpoint } });
    assert.deepEqual(await askedBy('sky', second), ['key-of-nobody']); // the key in the environment
    await run('editRemote', { root, remote: 'sky', changes: { endpointUrl: first.endpoint } });
    assert.deepEqual(await askedBy('sky', first), ['key-of-nobody']);
    assert.deepEqual([...new Set(second.ids)].filter((id) => id === 'FROMFILE'), []);
  });
});
