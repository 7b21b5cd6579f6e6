import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { writeCommit } from '../samples/commit';
import { dumpStore } from '../samples/dumpStore';
import { makePythonRepository, writeRemotes } from '../samples/pythonRepository';
import { counts, fixtureCopies, openRepository, remoteOf, storeOf, until } from './coral';
import { row, rows, texts } from './treeRows';

describe('the tree', () => {
  const { copies, copyOf } = fixtureCopies();

  it('has the remotes at the top, below them groups, below those weights', async () => {
    const { folder, repository: root } = await copyOf('ahead-behind');
    assert.deepEqual(await counts(await openRepository(root)), { ahead: 3, behind: 2, synced: 2 });
    assert.deepEqual(await texts(), [`origin 2↓ 3↑ · file://${join(folder, 'remote')}`]);
    assert.deepEqual(await texts('origin'), ['To push 3', 'To pull 2', 'Synced 2']);
    assert.deepEqual(await texts('origin', 'To push'), [
      'm0 903b8c60…  float32 [8, 8]  256 bytes', 'm1 a13540b3…  float32 [8, 8]  256 bytes', 'm2 9ac06ed9…  float32 [8, 8]  256 bytes',
    ]);
    assert.equal((await texts('origin', 'To pull')).length, 2);
    assert.equal((await texts('origin', 'Synced')).length, 2);
  });

  it('has the repositories at the top when there are several', async () => {
    const one = await copyOf('ahead-behind');
    const other = await copyOf('basic');
    await counts(await openRepository(one.repository));
    await counts(await openRepository(other.repository));
    const roots = await rows();
    assert.deepEqual(roots.map(({ item }) => [item.label, item.description, item.contextValue]), [['repo', 'main', 'repository'], ['repo', 'main', 'repository']]);
    assert.deepEqual(await Promise.all(roots.map(async ({ node }) => (await rows(node)).map(({ text }) => text.slice(0, 12)))), [['origin 2↓ 3↑'], ['origin in sy']]);
  });

  it('loads weights 1,000 at a time, sorted by name, and asks the remote nothing for it', async function () {
    this.timeout(120_000);
    const made = await makePythonRepository(2100, 128);
    copies.push(made);
    const repository = await openRepository(made.root);
    assert.deepEqual(await counts(repository), { ahead: 2100, behind: 0, synced: 0 });
    const { status } = remoteOf(repository);
    const shown = async (): Promise<string[]> => (await rows((await row('origin', 'To push')).node)).map(({ label }) => label);
    const first = await shown();
    assert.equal(first.length, 1001);
    assert.deepEqual([first[0], first[16], first[1000]], ['encoder.layers.0.part0.weight', 'encoder.layers.1.part0.weight', 'Load 1,000 more (of 1,100)']);
    await loadMore();
    assert.deepEqual((await shown()).slice(2000), ['Load 100 more (of 100)']);
    await loadMore();
    const all = await shown();
    assert.deepEqual([...all].sort(), Object.keys(made.weights).sort());
    assert.equal(remoteOf(repository).status, status);
  });

  it('marks a weight M whose name has another version on the other side, else A or R', async () => {
    const { repository: root } = await copyOf('ahead-behind');
    const before = Object.entries(dumpStore(storeOf(root)));
    const repository = await openRepository(root);
    await counts(repository);
    const synced = (await row('origin', 'Synced')).node;
    const name = (await rows(synced))[0]!.label;
    const [, ahead] = (await rows((await row('origin', 'To push')).node)).map(({ item }) => item);
    assert.match(spoken(ahead), /only here/);
    const hash = before.find(([key]) => ahead!.id!.endsWith(key))![0];
    const commits = repository.snapshot!.commits;
    await writeCommit(root, { message: 'renamed', time: new Date(), weights: { [name]: hash } });
    await until('the new commit is seen', () => repository.snapshot?.commits === commits + 1);
    await counts(repository);
    const marked = (await rows((await row('origin', 'To push')).node)).map(({ item }) => item);
    assert.deepEqual(marked.map(spoken).filter((text) => /another version on the other side/.test(text)).length, 1);
    assert.equal(marked.find((item) => item.id!.endsWith(hash))!.resourceUri!.query, 'M');
    const behind = (await rows((await row('origin', 'To pull')).node)).map(({ item }) => spoken(item));
    assert.ok(behind.every((text) => /only on the remote/.test(text)));
  });

  it('follows remotes.json on disk', async () => {
    const { folder, repository: root } = await copyOf('basic');
    await openRepository(root);
    const url = `file://${join(folder, 'remote')}`;
    await writeRemotes(root, { first: url, second: url });
    await until('both remotes are shown', async () => (await rows()).map(({ label }) => label).join() === 'first,second');
  });
});

/** What the last row of the group does when it is clicked. */
async function loadMore(): Promise<void> {
  const last = (await rows((await row('origin', 'To push')).node)).at(-1)!;
  assert.match(last.text, /^Load/);
  await vscode.commands.executeCommand(last.item.command!.command, ...last.item.command!.arguments as unknown[]);
}

const spoken = (item: vscode.TreeItem | undefined): string => item?.accessibilityInformation?.label ?? '';
