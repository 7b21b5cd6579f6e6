import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../src/core/transfer/syncResult';
import { writeCommit, writeRef, writeTag } from '../samples/commit';
import { dumpStore } from '../samples/dumpStore';
import { writeRemotes } from '../samples/pythonRepository';
import { activateCoral, closeRepositories, counts, fixtureCopies, openRepository, storeOf, until } from './coral';
import { type Row, rowsOf } from './treeRows';
import type { TreeNode } from '../../src/vscode/tree/treeNode';

/** The commits of the fixture "branches", newest first. */
const [tip, pushed, merge, , base] = [
  'b86afe246efe38ce26362de15fa6b1bd', '21d398d8a4fe944687cd33537fc58984', '1bae96005626b0eea6dee4b65ecfaae5', '6ef8146be5c617a787a79886bce91758', 'a71793267329d0aaf28b2efb5d0427d6',
] as const;

const shown = async (node?: TreeNode): Promise<Row[]> => rowsOf((await activateCoral()).history, node);
const texts = async (node?: TreeNode): Promise<string[]> => (await shown(node)).map(({ text }) => text.replace(/, [^,]*$/, '')); // without the age
const tooltipOf = ({ node }: Row): string => (node.tooltip!() as vscode.MarkdownString).value.replaceAll('&nbsp;', ' ').replaceAll('\\', '');
const run = <T>(command: string, ...args: unknown[]): Thenable<T> => vscode.commands.executeCommand<T>(`coral.${command}`, ...args);

describe('the view "History"', () => {
  const { copyOf } = fixtureCopies();
  const rowOf = async (commit: string): Promise<Row> => (await shown()).find(({ item }) => item.id!.endsWith(commit))!;

  it('shows commits with local and remote refs, tags, the merge, and what each of them changed', async () => {
    const { folder, repository: root } = await copyOf('branches');
    await writeRef(root, 'refs/remotes/origin/main', pushed);
    await writeFile(join(folder, 'remote/refs.json'), JSON.stringify({ refs: { main: pushed } })); // the same, whether it has been asked or not
    await openRepository(root);
    assert.deepEqual(await texts(), [
      '(main) unpushed Anonymous', '(origin/main) after push Anonymous', '(idle) merge dev v1.0, merge · Anonymous', 'main: w1, w3 Anonymous', 'base Anonymous',
    ]);
    const [first, second, third] = await shown() as [Row, Row, Row];
    assert.deepEqual([first, second].map(({ item }) => (item.iconPath as vscode.ThemeIcon).id), ['circle-filled', 'circle-outline']);
    assert.match(first.item.accessibilityInformation!.label, /^Current commit, main, unpushed, Anonymous, .*1 added, 3 removed$/);
    assert.deepEqual((await shown(first.node)).map(({ label, item }) => [label, item.resourceUri!.query, item.description]), [
      ['w0', 'D', '3a2a83bd…'], ['w1', 'D', 'f9076a3c…'], ['w2', 'D', '4123a7a3…'], ['w9', 'A', '6d45054f…'],
    ]);
    assert.deepEqual((await shown(third.node)).map(({ label, item }) => [label, item.resourceUri!.query, item.description]), [['w0', 'M', '3a2a83bd… → ddbeb329…']]);
    const facts = tooltipOf(third);
    for (const fact of [merge, 'Refs: idle', 'Tag: v1.0', 'Labels: merge', 'Anonymous <anonymous@example.com>', '2026-11-22 13:46:15', '1 changed']) assert.ok(facts.includes(fact), `${fact} in ${facts}`);
  });

  it('follows commits, tags, branches and remote refs on disk', async () => {
    const { folder, repository: root } = await copyOf('branches');
    const url = `file://${join(folder, 'remote')}`;
    await writeRemotes(root, { origin: url, backup: url }); // only the default remote is asked unbidden
    await openRepository(root);
    const { history } = await activateCoral();
    let drawn = 0;
    const subscription = history.onDidChangeTreeData(() => (drawn += 1));
    const redrawn = async (what: string, change: () => Promise<unknown>, expected: RegExp): Promise<void> => {
      const before = drawn;
      await change();
      await until(what, async () => drawn > before && (await texts()).some((text) => expected.test(text)));
    };
    try {
      await redrawn('the tag is shown', () => writeTag(root, 'best', tip), /^\(main\) unpushed best · /);
      await redrawn('the remote ref is shown', () => writeRef(root, 'refs/remotes/backup/trial/2', base), /^\(backup\/trial\/2\) base/);
      await redrawn('the branch is shown', () => writeRef(root, 'refs/heads/here', pushed), /^\(here\) after push/);
      await redrawn('the commit is shown', () => writeCommit(root, { message: 'by hand\n\nwith a body', time: new Date(), weights: {} }), /^\(main\) by hand Sample Author/);
    } finally {
      subscription.dispose();
    }
    assert.match(String((await shown())[0]!.item.description), /^Sample Author, now$/);
    assert.match((await texts())[1]!, /^unpushed best/);
  });

  it('what a remote says now wins; a commit that is not here yet gets a row to pull it', async () => {
    const { folder, repository: root } = await copyOf('branches');
    await writeRef(root, 'refs/remotes/origin/main', base);
    await writeRef(root, 'refs/remotes/gone/main', base); // of a remote that is no more
    const elsewhere = '9f3a61c2'.repeat(4);
    await writeFile(join(folder, 'remote/refs.json'), JSON.stringify({ refs: { main: merge, next: elsewhere } }));
    await counts(await openRepository(root));
    assert.deepEqual((await texts()).filter((text) => text.includes('origin')), ['(origin/next) is at 9f3a61c2', '(idle, origin/main) merge dev v1.0, merge · Anonymous']);
    const [row] = await shown() as [Row];
    assert.deepEqual([row.item.description, row.item.contextValue], ['is at 9f3a61c2, which is not here yet', 'absentRef']);
    const result = await run<SyncResultJSON>('pull', row.node); // what its inline button does
    assert.deepEqual(result.errors.map(({ reason, message }) => [reason, message.includes(elsewhere)]), [['missing', true]], 'nobody has that commit');
  });

  it('a detached HEAD, a damaged commit, no commits, several repositories', async () => {
    const { folder, repository: root } = await copyOf('branches');
    await openRepository(join(folder, 'repo-detached'));
    assert.deepEqual((await texts())[0], '(HEAD, idle) merge dev v1.0, merge · Anonymous');
    await closeRepositories();

    const damaged = join(root, '.coral/objects/commits', `${merge}.json`);
    await writeFile(damaged, (await readFile(damaged, 'utf8')).slice(0, 200));
    await openRepository(root);
    assert.deepEqual((await shown()).map(({ label }) => label), ['(main) unpushed', 'after push', '1bae9600']);
    const row = (await shown())[2]!;
    assert.equal(row.item.description, 'cannot be read; nor can what came before it');
    assert.ok(tooltipOf(row).includes('this is not JSON'));
    await vscode.commands.executeCommand(row.item.command!.command, ...row.item.command!.arguments as unknown[]);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, damaged);
    const [problem] = await shown((await shown())[1]!.node);
    assert.match(problem!.text, /this is not JSON/); // what "after push" changed is not known

    const empty = await copyOf('empty');
    await openRepository(empty.repository);
    assert.deepEqual((await shown()).map(({ text }) => text), ['repo main', 'repo main']);
    assert.deepEqual(await Promise.all((await shown()).map(async ({ node }) => (await shown(node)).length)), [3, 1]);
    assert.deepEqual(await texts((await shown())[1]!.node), ['No commits yet']);
  });

  it('Copy Commit Hash and Copy Weight Hash copy whole hashes, one a line', async () => {
    const { repository: root } = await copyOf('branches');
    await openRepository(root);
    const [first, second] = (await shown()).map(({ node }) => node);
    await run('copyCommitHash', first, [first, second]);
    assert.equal(await vscode.env.clipboard.readText(), `${tip}\n${pushed}`);
    await run('copyCommitHash', second);
    assert.equal(await vscode.env.clipboard.readText(), pushed);
    const changes = (await shown(first)).map(({ node }) => node);
    await run('copyWeightHash', changes[3], [changes[3], changes[0]]);
    assert.equal(await vscode.env.clipboard.readText(), '6d45054f4ba92dcc\n3a2a83bde2cbe8ca');
  });

  it('tells of a checkpoint how far the training was, and Use Training State copies the line that loads it', async () => {
    const { repository: root } = await copyOf('checkpoint');
    const [old, young] = ['14d6e0a68b3b92136657f43ef6c2aca3', '801b1772dc4a59cd07875466795b8c4e'];
    const list = join(root, '.coral/checkpoints/exp.json');
    await writeFile(list, (await readFile(list, 'utf8')).replace('"best_checkpoint_hash": null', `"best_checkpoint_hash": "${old}"`));
    await openRepository(root);
    const [second, first] = await shown() as [Row, Row];
    assert.deepEqual((await texts()).map((text) => text.split(' · ')[1]), ['epoch 2, step 20', 'epoch 1, step 10, best']);
    assert.deepEqual([second.item.contextValue, first.item.contextValue], ['commit.training', 'commit.training']);
    for (const fact of ['Epoch: 1', 'Step: 10', 'Loss: 1.0', 'Metrics: acc 0.5', 'Checkpoint: the best one']) assert.ok(tooltipOf(first).includes(fact), fact);
    assert.ok(!tooltipOf(second).includes('best'));
    await run('useTrainingState', second.node);
    assert.equal(await vscode.env.clipboard.readText(), `TrainingState.load(".coral/objects/commits/${young}_state.json")`);
  });

  it('from the palette it lets one pick a commit', async () => {
    const { repository: root } = await copyOf('branches');
    await openRepository(root);
    await vscode.env.clipboard.writeText('');
    let ended = false;
    const copied = run('copyCommitHash').then(() => { ended = true; });
    await until('the first commit in the list is picked', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return ended;
    });
    await copied;
    assert.equal(await vscode.env.clipboard.readText(), tip);
  });

  it('Push Up to Here sends the weights of that commit and those before it, and no others; Pull Up to Here fetches them', async () => {
    const { folder, repository: root } = await copyOf('branches');
    const url = `file://${join(folder, 'fresh')}`;
    await writeRemotes(root, { origin: `file://${join(folder, 'remote')}`, fresh: url });
    await openRepository(root);
    const commits = await Promise.all([base, merge].map(async (hash) => JSON.parse(await readFile(join(root, '.coral/objects/commits', `${hash}.json`), 'utf8')) as { weight_hashes: Record<string, string> }));
    const [upToBase] = commits.map((commit) => Object.values(commit.weight_hashes).sort());
    const target = { root, commit: base, remote: 'fresh' };
    const result = await run<SyncResultJSON>('pushUpTo', target);
    assert.deepEqual([result.pushedWeights, result.errors], [3, []]);
    const local = dumpStore(storeOf(root));
    const sent = dumpStore(join(folder, 'fresh/weights.h5'));
    assert.deepEqual(sent, Object.fromEntries(upToBase!.map((hash) => [hash, local[hash]])));
    assert.equal((await run<SyncResultJSON>('pushUpTo', target)).pushedWeights, 0);
    await run('pushUpTo', { ...target, commit: merge });
    assert.ok(!('6d45054f4ba92dcc' in dumpStore(join(folder, 'fresh/weights.h5'))), 'the weight of the newest commit stays here');

    // The same commits in a repository without weights: it fetches what `base` needs.
    const other = await copyOf('branches');
    await writeFile(storeOf(other.repository), '');
    await writeRemotes(other.repository, { fresh: url });
    await openRepository(other.repository);
    const pulled = await run<SyncResultJSON>('pullUpTo', { root: other.repository, commit: base });
    assert.deepEqual([pulled.pulledWeights, pulled.errors], [3, []]);
    assert.deepEqual(Object.keys(dumpStore(storeOf(other.repository))).sort(), upToBase);
  });

  it('with several remotes Push Up to Here on a row asks for one', async () => {
    const { folder, repository: root } = await copyOf('branches');
    await writeRemotes(root, { first: `file://${join(folder, 'first')}`, second: `file://${join(folder, 'second')}` });
    await openRepository(root);
    const { node } = await rowOf(base);
    let result: SyncResultJSON | undefined;
    const pushing = run<SyncResultJSON>('pushUpTo', node).then((value) => { result = value; });
    await until('the first remote in the list is picked', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return result;
    });
    await pushing;
    assert.equal(result?.pushedWeights, 3);
    assert.equal(Object.keys(dumpStore(join(folder, 'first/weights.h5'))).length, 3);
  });

  it('loads 200 commits at a time', async function () {
    this.timeout(120_000);
    const { repository: root } = await copyOf('empty');
    for (let index = 0; index < 450; index += 1) await writeCommit(root, { message: `commit ${index}`, time: new Date(), weights: { w: String(index).padStart(16, '0') } });
    await openRepository(root);
    const more = async (): Promise<unknown> => {
      const last = (await shown()).at(-1)!;
      assert.equal(last.text, 'Load more commits');
      return vscode.commands.executeCommand(last.item.command!.command, ...last.item.command!.arguments as unknown[]);
    };
    assert.equal((await shown()).length, 201);
    await more();
    assert.equal((await shown()).length, 401);
    await more();
    const all = await shown();
    assert.deepEqual([all.length, all[449]!.label], [450, 'commit 0']);
    await writeCommit(root, { message: 'one more', time: new Date(), weights: {} });
    await until('the list begins with the new commit, and is as long as it was', async () => (await shown())[0]!.label.endsWith('one more') && (await shown()).length > 400);
  });
});
