import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { Repository } from '../../../src/core/repository/repository';
import { RepositoryHistory } from '../../../src/core/repository/repositoryHistory';
import { writeCommit } from '../../samples/commit';
import { copyFixture } from '../support/fixtures';

async function open(fixture: string, ...folder: string[]): Promise<{ root: string; repository: Repository; history: RepositoryHistory }> {
  const root = join(await copyFixture(fixture), ...folder);
  const repository = await Repository.open(root);
  return { root, repository, history: new RepositoryHistory(repository) };
}

const brief = async (history: RepositoryHistory, commit: string): Promise<string[]> => (await history.changes(commit)).map(({ kind, name }) => `${kind} ${name}`);
const countsOf = async (history: RepositoryHistory): Promise<unknown[]> => (await history.page('HEAD', 0, 100)).entries.map((entry) => ('changes' in entry ? entry.changes : entry));
const time = new Date();

describe('RepositoryHistory', function () {
  this.timeout(30_000); // each store loads its own HDF5

  it('tells of a checkpoint how far the training was, where its state lies now, and which is the best', async () => {
    const { root, history } = await open('checkpoint', 'repo');
    const [old, young] = ['14d6e0a68b3b92136657f43ef6c2aca3', '801b1772dc4a59cd07875466795b8c4e'] as const;
    const list = join(root, '.coral/checkpoints/exp.json');
    await writeFile(list, (await readFile(list, 'utf8')).replace('"best_checkpoint_hash": null', `"best_checkpoint_hash": "${young}"`));
    const trainings = async (): Promise<unknown[]> => {
      const found = await history.trainings([young, old, 'f'.repeat(32)]);
      assert.deepEqual([...found.keys()], [young, old]);
      return [...found.values()];
    };
    const commits = '.coral/objects/commits';
    const first = { epoch: '1', step: '10', loss: '1.0', metrics: { acc: '0.5' }, path: `${commits}/${old}_state.json`, isBest: false };
    const second = { epoch: '2', step: '20', loss: '0.5', metrics: { acc: '1.0' }, path: `${commits}/${young}_state.json`, isBest: true };
    assert.deepEqual(await trainings(), [second, first]);

    await mkdir(join(root, '.coral/states'));
    const arrived = (await readFile(join(root, commits, `${old}_state.json`), 'utf8')).replace('"loss": 1.0', '"loss": NaN');
    await writeFile(join(root, '.coral/states', `${old}.json`), arrived);
    await writeFile(join(root, commits, `${young}_state.json`), 'half');
    assert.deepEqual(await trainings(), [
      { path: second.path, isBest: true }, { ...first, loss: 'NaN', path: `.coral/states/${old}.json` },
    ]);
  });

  it('pages through what log() lists, on every branch of "branches"', async () => {
    const { repository, history } = await open('branches', 'repo');
    for (const ref of ['HEAD', ...Object.keys(await repository.branches())]) {
      const expected = (await repository.log(ref)).map(({ commitHash }) => commitHash);
      const paged = [];
      for (let offset = 0; offset < expected.length; offset += 2) {
        const page = await history.page(ref, offset, 2);
        assert.equal(page.hasMore, offset + 2 < expected.length);
        paged.push(...page.entries.map(({ commitHash }) => commitHash));
      }
      assert.deepEqual(paged, expected);
    }
    await assert.rejects(history.page('nothing', 0, 1), (error: unknown) => CoralError.is(error, 'missing'));
  });

  it('tells what each commit of "branches" changed, as `coral diff` does; the merge against its one parent', async () => {
    const { history } = await open('branches', 'repo');
    assert.deepEqual(await brief(history, 'b86afe246efe38ce26362de15fa6b1bd'), ['D w0', 'D w1', 'D w2', 'A w9']);
    assert.deepEqual(await brief(history, '21d398d8a4fe944687cd33537fc58984'), ['M w0', 'M w1', 'M w2', 'D w3']);
    assert.deepEqual(await brief(history, '1bae96005626b0eea6dee4b65ecfaae5'), ['M w0']);
    assert.deepEqual(await brief(history, 'a71793267329d0aaf28b2efb5d0427d6'), ['A w0', 'A w1', 'A w2']);
    assert.deepEqual(await countsOf(history), [
      { added: 1, changed: 0, removed: 3 }, { added: 0, changed: 3, removed: 1 }, { added: 0, changed: 1, removed: 0 },
      { added: 1, changed: 1, removed: 0 }, { added: 3, changed: 0, removed: 0 },
    ]);
  });

  it('knows a stage delta from a commit delta by what it is based on', async () => {
    const { root, history } = await open('deltas/commit-compressed');
    // From the manifest: "same" was staged as a delta of 78b7..., then stored in full (f3b4...) with that delta beside it.
    const [full, reference, delta] = ['f3b42cd3d730bca7', '78b708c8a7deb662', '8773b8009b7c8809'];
    const [first] = (await history.changes('6f5b3c243397965adf3c8fedc221ca6a')).filter(({ name }) => name === 'same');
    assert.deepEqual(first, { name: 'same', kind: 'A', hash: reference, formerHash: undefined, deltaHash: delta });
    const second = (await history.changes('8e4c254de635f616245333ab6646be31')).map(({ name, kind, deltaHash }) => [kind, name, deltaHash]);
    assert.deepEqual(second, [['M', 'same', undefined], ['M', 'w', undefined]]);

    const again = await writeCommit(root, { message: 'the full weight, without the delta beside it', time, weights: { same: full, w: 'a8e57d302b26fa2a' } });
    assert.deepEqual(await brief(history, again), []);
    const back = await writeCommit(root, { message: 'the reference itself', time, weights: { same: reference } });
    assert.deepEqual(await brief(history, back), ['M same', 'D w']);
    const tuned = await writeCommit(root, { message: 'a delta of it', time, weights: { same: reference }, deltas: { same: delta } });
    assert.deepEqual(await brief(history, tuned), ['M same']);
    assert.deepEqual(await countsOf(history), [
      { added: 0, changed: 1, removed: 0 }, { added: 0, changed: 1, removed: 1 }, { added: 0, changed: 0, removed: 0 },
      { added: 0, changed: 2, removed: 0 }, { added: 2, changed: 0, removed: 0 },
    ]);
  });

  it('sees a new commit at once, and tells which commits are not here', async () => {
    const { root, history } = await open('basic', 'repo');
    const before = (await history.page('HEAD', 0, 10)).entries.length;
    const hash = await writeCommit(root, { message: 'new', time, weights: {} });
    assert.deepEqual((await history.page('HEAD', 0, 10)).entries.map(({ commitHash }) => commitHash).slice(0, 1), [hash]);
    assert.equal((await history.page('HEAD', 0, 10)).entries.length, before + 1);
    assert.deepEqual(await history.absent([hash, '0'.repeat(32), '../../HEAD']), ['0'.repeat(32), '../../HEAD']);
  });

  it('a detached HEAD, and no commits at all', async () => {
    const detached = await open('branches', 'repo-detached');
    assert.equal((await detached.history.page('HEAD', 0, 1)).tip, '1bae96005626b0eea6dee4b65ecfaae5');
    const empty = await open('empty', 'repo');
    assert.deepEqual(await empty.history.page('HEAD', 0, 10), { tip: undefined, entries: [], hasMore: false });
  });

  it('a damaged commit is named where it stands; repaired in place, it reads again', async () => {
    const { root, repository, history } = await open('basic', 'repo');
    const [tip, parent] = (await repository.log()).map(({ commitHash }) => commitHash) as [string, string];
    const path = join(root, '.coral/objects/commits', `${parent}.json`);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.slice(0, 100));
    const { entries, hasMore } = await history.page('HEAD', 0, 10);
    assert.deepEqual([entries.map(({ commitHash }) => commitHash), hasMore], [[tip, parent], false]);
    const { problem } = entries[1] as { problem: CoralError };
    assert.deepEqual([problem.reason, problem.path], ['corrupt', path]);
    await assert.rejects(history.changes(tip), (error: unknown) => CoralError.is(error, 'corrupt'));
    await writeFile(path, text);
    assert.ok((await history.page('HEAD', 0, 10)).entries.every((entry) => !('problem' in entry)));
  });

});
