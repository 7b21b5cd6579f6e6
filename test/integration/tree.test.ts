import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { writeCommit } from '../samples/commit';
import { dumpStore } from '../samples/dumpStore';
import { makePythonRepository, writeRemotes } from '../samples/pythonRepository';
import { activateCoral, counts, fixtureCopies, openRepository, remoteOf, storeOf, until } from './coral';
import { row, rows, texts } from './treeRows';

describe('the tree', () => {
  const { copies, copyOf } = fixtureCopies();

  it('has the remotes at the top, below them groups, below those weights', async () => {
    const { folder, repository: root } = await copyOf('ahead-behind');
    assert.deepEqual(await counts(await openRepository(root)), { ahead: 3, behind: 2, synced: 2 });
    const [remote, ...others] = await texts();
    assert.deepEqual(others, []);
    assert.match(remote!.replace(join(folder, 'remote'), 'FOLDER'), /^origin 2↓ 3↑ · file:\/\/FOLDER · checked \d\d:\d\d$/);
    const groups = await until('the bytes are known', async () => {
      const shown = await texts('origin');
      return shown.every((text) => text.endsWith('bytes')) && shown;
    });
    assert.deepEqual(groups, ['To push 3 · 768 bytes', 'To pull 2 · 512 bytes', 'Synced 2 · 512 bytes']);
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
    assert.deepEqual(roots.map(({ item }) => [item.label, item.description, item.contextValue]), [['repo', 'main · 2 to pull · 3 to push', 'repository'], ['repo', 'main · 2 commits to push', 'repository']]);
    assert.deepEqual(await Promise.all(roots.map(async ({ node }) => (await rows(node)).map(({ text }) => text.slice(0, 12)))), [['origin 2↓ 3↑'], ['origin 2 com']]);
  });

  it('loads a flat list 500 at a time, and asks the remote nothing for it; shows the same as modules', async function () {
    this.timeout(120_000);
    const made = await makePythonRepository(1100, 128);
    copies.push(made);
    const repository = await openRepository(made.root);
    assert.deepEqual(await counts(repository), { ahead: 1100, behind: 0, synced: 0 });
    const { status } = remoteOf(repository);
    const { listing } = (await activateCoral()).tree;
    await listing.setLayout('flat');
    const shown = async (): Promise<string[]> => (await rows((await row('origin', 'To push')).node)).map(({ label }) => label);
    const sorted = Object.values(made.weights).sort();
    const first = await shown();
    assert.deepEqual(first, [...sorted.slice(0, 500), 'Load 500 more (of 600)']);
    await loadMore();
    assert.deepEqual((await shown()).slice(1000), ['Load 100 more (of 100)']);
    await loadMore();
    const all = await shown();
    assert.deepEqual(all, sorted);
    assert.equal(remoteOf(repository).status, status);
    await listing.setLayout('modules');
    assert.deepEqual(await texts('origin', 'To push'), ['encoder.layers 1,100 · 141 kB']);
    const modules = await texts('origin', 'To push', 'encoder.layers');
    assert.deepEqual([modules.length, modules[0], modules[2], modules[68]], [69, '0 16 · 2.0 kB', '2 16 · 2.0 kB', '68 12 · 1.5 kB']);
    assert.match((await texts('origin', 'To push', 'encoder.layers', '68'))[0]!, /^part0\.weight [0-9a-f]{8}…  float32 \[1, 32\]  128 bytes$/);
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
