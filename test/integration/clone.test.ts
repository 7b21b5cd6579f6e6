import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../src/core/transfer/syncResult';
import { Repository } from '../../src/core/repository/repository';
import { dumpStore } from '../samples/dumpStore';
import { activateCoral, fixtureCopies, openRepository, storeOf, transfer } from './coral';

describe('Clone', () => {
  const { copyOf } = fixtureCopies();
  let folder: string;
  before(async () => { folder = await mkdtemp(join(tmpdir(), 'coral-clones-')); });
  after(() => rm(folder, { recursive: true }));
  const clone = (url: string, root: string): Thenable<SyncResultJSON | undefined> => vscode.commands.executeCommand('coral.clone', { root, url });

  it('makes a repository of what a push has left on a remote: weights, commits and branches', async () => {
    const copy = await copyOf('basic');
    const [url, root] = [`file://${join(folder, 'remote')}`, join(folder, 'clone')];
    await (await Repository.open(copy.repository)).addRemote('fresh', url);
    await openRepository(copy.repository);
    await transfer('push', copy.repository, 'fresh');
    await activateCoral();
    const result = await clone(url, root);
    assert.deepEqual(result?.errors, []);
    const [before, cloned] = await Promise.all([copy.repository, root].map((path) => Repository.open(path)));
    assert.deepEqual(await cloned!.log(), await before!.log());
    assert.ok((await cloned!.log()).length > 0);
    assert.deepEqual(await cloned!.branches(), await before!.branches());
    assert.deepEqual(dumpStore(storeOf(root)), dumpStore(storeOf(copy.repository)));
  });

  it('leaves nothing behind where there is nothing to clone', async () => {
    const root = join(folder, 'nothing');
    assert.equal(await clone('file:///nowhere/at/all', root), undefined);
    assert.equal(existsSync(root), false);
  });
});
