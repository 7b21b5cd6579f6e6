import { beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { Repository } from '../../../src/core/repository/repository';
import { writeCommit } from '../../samples/commit';
import { copyRepository, freshFolder } from '../../samples/repositories';
import { writeVersion } from '../../samples/version';
import { python } from '../storage/hdf5/python';
import { fileUrl, missingFolder } from '../support/fixtures';

const readJson = async (path: string): Promise<Record<string, unknown>> => JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
const reasons = (errors: readonly CoralError[]): string[] => errors.map(({ reason }) => reason);

/** A commit on the current branch with the weights of the last one. */
async function commitAgain(repository: Repository, message: string): Promise<string> {
  const [last] = await repository.log();
  return writeCommit(repository.root, { message, time: new Date(), weights: last!.weightHashes });
}

describe('history between a repository and a remote', function () {
  this.timeout(60_000);
  let origin: Repository;
  let folder: string;

  beforeEach(async () => {
    origin = await copyRepository('branches/repo');
    folder = await missingFolder();
    await origin.addRemote('fresh', fileUrl(folder));
  });

  const clone = async (): Promise<Repository> => (await Repository.clone(fileUrl(folder), await freshFolder(), { remoteName: 'fresh' })).repository;

  it('arrives byte for byte, and leaves no temporary file', async () => {
    await origin.push('fresh');
    for (const name of await readdir(join(folder, 'commits'))) {
      assert.equal(await readFile(join(folder, 'commits', name), 'utf8'), await readFile(join(origin.root, '.coral/objects/commits', name), 'utf8'));
    }
    const copy = await clone();
    const files = (await readdir(join(copy.root, '.coral'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
    assert.deepEqual(files.filter((name) => /tmp|spool|lock|journal/.test(name)), []);
    assert.deepEqual((await readdir(copy.root)), ['.coral']);
    assert.deepEqual(await readJson(join(copy.root, '.coral/refs/heads/main')), { name: 'main', commit_hash: (await origin.branches())['main'], parent_branch: null });
    assert.deepEqual(await readJson(join(copy.root, '.coral/refs/remotes/fresh/main')), await readJson(join(copy.root, '.coral/refs/heads/main')));
  });

  it('moves a branch forward on either side, and leaves one alone that went on on both', async () => {
    await origin.push('fresh');
    const copy = await clone();
    const second = await commitAgain(copy, 'theirs');
    const pushed = await copy.push('fresh');
    assert.deepEqual([pushed.pushedCommits, pushed.errors], [1, []]);
    const pulled = await origin.pull('fresh');
    assert.deepEqual([pulled.pulledCommits, pulled.errors, (await origin.branches())['main']], [1, [], second]);

    await commitAgain(copy, 'theirs again');
    await copy.push('fresh');
    const mine = await commitAgain(origin, 'mine');
    const refused = await origin.push('fresh');
    assert.deepEqual([refused.pushedCommits, refused.errors.map(({ reason, conflict }) => [reason, conflict])], [1, [['conflict', 'diverged']]]);
    assert.match(refused.errors[0]!.message, /^Branch "main" was not moved on fresh: 1 commit here is not there, and 1 commit there is not here\./);
    const left = await origin.pull('fresh');
    assert.deepEqual([left.errors, (await origin.branches())['main']], [[], mine]);
    assert.match(left.warnings.join(), /Branch "main" was left as it is: 1 commit here and 1 commit on fresh are not on the other side/);
    const { isSynced, kinds, branches } = await origin.getSyncStatus('fresh');
    assert.deepEqual([isSynced, kinds.branches.conflicts, branches.find(({ name }) => name === 'main')?.state], [false, ['main'], 'diverged']);
    assert.deepEqual((await origin.push('fresh', { force: true })).errors, []);
    assert.equal((await readJson(join(folder, 'refs.json')) as { refs: Record<string, string> }).refs['main'], mine);
  });

  it('does not disturb staging, a detached HEAD or the order of a branch file', async () => {
    await origin.push('fresh');
    const copy = await clone();
    await commitAgain(origin, 'more');
    await origin.push('fresh');
    const staged = '{"weights": {"a": "0123456789abcdef"}, "deltas": {}}';
    await writeFile(join(copy.root, '.coral/staging/staged.json'), staged);
    const head = (await copy.branches())['dev']!;
    await writeFile(join(copy.root, '.coral/HEAD'), head);
    await writeFile(join(copy.root, '.coral/refs/heads/main'), JSON.stringify({ name: 'main', commit_hash: (await copy.branches())['main'], parent_branch: 'dev' }));
    assert.deepEqual((await copy.pull('fresh')).errors, []);
    assert.deepEqual(await readJson(join(copy.root, '.coral/refs/heads/main')), { name: 'main', commit_hash: (await origin.branches())['main'], parent_branch: 'dev' });
    assert.deepEqual([await readFile(join(copy.root, '.coral/staging/staged.json'), 'utf8'), await readFile(join(copy.root, '.coral/HEAD'), 'utf8')], [staged, head]);
  });

  it('fetch moves tracking refs alone', async () => {
    await origin.push('fresh');
    const copy = await clone();
    const before = await copy.branches();
    const next = await commitAgain(origin, 'more');
    await origin.push('fresh');
    assert.equal((await copy.fetch('fresh')).pulledCommits, 1);
    assert.deepEqual(await copy.branches(), before);
    assert.equal((await readJson(join(copy.root, '.coral/refs/remotes/fresh/main')))['commit_hash'], next);
  });

  it('goes up to a branch or commit, and no further', async () => {
    const { branches, commits } = await origin.state();
    const dev = await origin.log('dev');
    const result = await origin.push('fresh', { upTo: 'dev' });
    assert.deepEqual([result.pushedCommits, result.errors], [dev.length, []]);
    assert.deepEqual((await readJson(join(folder, 'refs.json')))['refs'], { dev: branches['dev'] });
    assert.equal(result.pushedWeights, new Set(dev.flatMap(({ weightHashes }) => Object.values(weightHashes))).size);
    const first = (await origin.log('main')).at(-1)!;
    await rm(folder, { recursive: true });
    assert.equal((await origin.push('fresh', { upTo: first.commitHash })).pushedCommits, 1);
    assert.deepEqual((await readJson(join(folder, 'refs.json')))['refs'], { main: first.commitHash });
    assert.ok(commits.size > dev.length);
  });

  it('leaves out what names and sizes exclude, and the commits that need it, with a word', async () => {
    const result = await origin.push('fresh', { exclude: ['w0'] });
    assert.deepEqual(result.errors, []);
    assert.ok(result.pushedWeights > 0);
    assert.match(result.warnings.join(), /not pushed, because weights that they name were left out/);
    const preview = await origin.preview('fresh', { direction: 'push', exclude: ['w0'] });
    assert.equal(preview.push?.weights, 0);
    assert.equal((await origin.push('fresh', { maxBytes: 1 })).pushedWeights, 0);
    assert.deepEqual((await origin.push('fresh')).errors, []);
    assert.equal((await origin.getSyncStatus('fresh')).isSynced, true);
  });

  describe('refuses what is damaged, by name, and brings the rest', () => {
    const damage = async (change: (text: string) => string): Promise<string> => {
      await origin.push('fresh');
      const hash = (await origin.branches())['dev']!;
      const path = join(folder, 'commits', `${hash}.json`);
      await writeFile(path, change(await readFile(path, 'utf8')));
      return hash;
    };

    for (const [what, change] of Object.entries({
      'a changed message': (text: string) => text.replace(/"message": "/, '"message": "x'),
      'half a file': (text: string) => text.slice(0, text.length / 2),
      'an empty file': () => '',
      'another key': (text: string) => text.replace('{', '{"extra": 1,'),
    })) {
      it(`a commit with ${what}; a push repairs it`, async () => {
        const hash = await damage(change);
        const { repository, result } = await Repository.clone(fileUrl(folder), await freshFolder());
        const [first] = result.errors;
        assert.equal(first?.reason, 'corrupt');
        assert.match(first.message, new RegExp(hash));
        const state = await repository.state();
        assert.deepEqual([state.commits.has(hash), Object.hasOwn(state.branches, 'dev'), state.branches['main'], state.problems], [false, false, (await origin.branches())['main'], []]);
        assert.equal((await repository.getSyncStatus('origin')).isSynced, false);
        assert.equal((await origin.getSyncStatus('fresh')).isSynced, false);
        assert.deepEqual((await origin.push('fresh')).errors, []);
        assert.equal((await origin.getSyncStatus('fresh')).isSynced, true);
      });
    }

    it('a ref to a commit that nobody has, and one with a hostile name', async () => {
      await origin.push('fresh');
      const { refs } = await readJson(join(folder, 'refs.json')) as { refs: Record<string, string> };
      await writeFile(join(folder, 'refs.json'), JSON.stringify({ refs: { ...refs, lost: 'f'.repeat(32), '../../../pwned': refs['main'], odd: 'not a hash' } }));
      const { repository, result } = await Repository.clone(fileUrl(folder), await freshFolder());
      assert.deepEqual(reasons(result.errors), ['missing', 'invalid', 'missing']);
      assert.deepEqual(await repository.branches(), await origin.branches());
      await assert.rejects(stat(join(repository.root, 'pwned')));
      assert.equal((await repository.getSyncStatus('origin')).isSynced, false);
    });

    it('a damaged refs.json is neither believed nor overwritten', async () => {
      await origin.push('fresh');
      await writeFile(join(folder, 'refs.json'), 'oops');
      await commitAgain(origin, 'more');
      assert.deepEqual(reasons((await origin.push('fresh')).errors), ['corrupt']);
      assert.equal(await readFile(join(folder, 'refs.json'), 'utf8'), 'oops');
      assert.equal((await origin.getSyncStatus('fresh')).isSynced, false);
    });

    it('a version that points nowhere, and one that is damaged', async () => {
      await origin.push('fresh');
      await writeVersion(join(folder, 'versions'), 'lost', 'f'.repeat(32));
      const whole = await writeVersion(join(folder, 'versions'), 'v1', (await origin.branches())['main']!);
      const bad = await writeVersion(join(folder, 'versions'), 'v2', (await origin.branches())['main']!);
      await writeFile(join(folder, 'versions', `${bad}.json`), '{"version_id": 1}');
      const { repository, result } = await Repository.clone(fileUrl(folder), await freshFolder());
      assert.deepEqual(reasons(result.errors), ['corrupt', 'missing']);
      assert.deepEqual((await readdir(join(repository.root, '.coral/versions'))).sort(), [...await readdir(join(origin.root, '.coral/versions')), `${whole}.json`].sort());
    });
  });

  it('tells of versions, branches and staged weights whose commit or weight nobody has, though both sides are equal', async () => {
    await origin.push('fresh');
    const lost = 'f'.repeat(32);
    for (const versions of [join(folder, 'versions'), join(origin.root, '.coral/versions')]) await writeVersion(versions, 'gone', lost);
    const { refs } = await readJson(join(folder, 'refs.json')) as { refs: Record<string, string> };
    await writeFile(join(folder, 'refs.json'), JSON.stringify({ refs: { ...refs, away: lost } }));
    await mkdir(join(origin.root, '.coral/staging'), { recursive: true });
    await writeFile(join(origin.root, '.coral/staging/staged.json'), '{"weights": {"a": "0123456789abcdef"}, "deltas": {}}');
    const { isSynced, kinds, problems } = await origin.getSyncStatus('fresh');
    assert.deepEqual([isSynced, kinds.commits.missing, kinds.weights.missing], [false, [lost], ['0123456789abcdef']]);
    const [version, branch, staged] = problems.map(({ message }) => message);
    assert.match(version ?? '', new RegExp(`^Version "gone" \\(\\w+\\) names commit ${lost}, which neither this repository nor fresh has\\.`));
    assert.match(branch ?? '', new RegExp(`^Branch "away" of fresh is at commit ${lost}, which neither this repository nor fresh has\\.`));
    assert.match(staged ?? '', /^"a" is staged, but neither this repository nor fresh has weight 0123456789abcdef\./);
    assert.equal(problems.length, 3);
    const { errors } = await origin.sync('fresh');
    assert.deepEqual(reasons(errors), ['missing', 'missing']);
    assert.match(errors.map(({ message }) => message).join(), /^Version "gone" .* which neither side has\..*Branch "away"/);
  });

  it('holds a commit back whose delta or reference nobody has', async () => {
    for (const [fixture, group] of [['stage-compressed', 'deltas'], ['stage-compressed', 'weights']] as const) {
      const repository = await copyRepository(`deltas/${fixture}`);
      const hash = group === 'deltas' ? 'b646040bc57dce07' : '78b708c8a7deb662';
      python(`import h5py, sys\nwith h5py.File(sys.argv[1], "a") as f:\n  del f["${group}"]["${hash}"]\nprint(1)`, join(repository.root, '.coral/objects/weights.h5'));
      const remote = await missingFolder();
      await repository.addRemote('other', fileUrl(remote));
      const result = await repository.push('other');
      assert.deepEqual([result.pushedCommits, reasons(result.errors)], [0, ['missing', 'missing']]);
      assert.match(result.errors[0]!.message, new RegExp(`Commit .* was not pushed: "[ab]" \\((weight|delta) ${hash}\\).* is on neither side`));
      const status = await repository.getSyncStatus('other');
      assert.equal(status.isSynced, false);
      assert.match(status.problems.map(({ message }) => message).join(), new RegExp(`cannot be read in full: neither this repository nor other has "[ab]" \\((weight|delta) ${hash}\\)`));
      assert.deepEqual([group === 'deltas' ? status.kinds.deltas.missing : status.missing], [[hash]]);
    }
  });

  it('never overwrites a delta that has the same hash and other parameters', async () => {
    const [one, other] = [await copyRepository('deltas/stage-int8_quantized'), await copyRepository('deltas/stage-int8_quantized')];
    python('import h5py, sys\nwith h5py.File(sys.argv[1], "a") as f:\n  for d in f["deltas"].values(): d.attrs["metadata"] = d.attrs["metadata"].replace(": ", ": 1", 1)\nprint(1)', join(other.root, '.coral/objects/weights.h5'));
    const remote = await missingFolder();
    for (const repository of [one, other]) await repository.addRemote('other', fileUrl(remote));
    assert.deepEqual((await one.push('other')).errors, []);
    const status = await other.getSyncStatus('other');
    assert.ok(!status.isSynced && status.kinds.deltas.conflicts.length > 0);
    assert.ok(reasons((await other.push('other', { force: true })).errors).includes('conflict'));
    assert.equal((await one.getSyncStatus('other')).isSynced, true);
  });

  describe('clone', () => {
    it('leaves nothing behind when there is nothing there, it is cancelled, or a repository is there already', async () => {
      const target = await freshFolder();
      await assert.rejects(Repository.clone(fileUrl(folder), target), (error: unknown) => CoralError.is(error, 'missing'));
      await assert.rejects(stat(target));
      await origin.push('fresh');
      await assert.rejects(Repository.clone(fileUrl(folder), target, { signal: AbortSignal.abort() }), (error: unknown) => CoralError.is(error, 'cancelled'));
      await assert.rejects(stat(target));
      const stop = new AbortController();
      await assert.rejects(Repository.clone(fileUrl(folder), target, { signal: stop.signal, onProgress: ({ weightsDone }) => { if (weightsDone > 0) stop.abort(); } }), (error: unknown) => CoralError.is(error, 'cancelled'));
      await assert.rejects(stat(target));
      const before = await readdir(join(origin.root, '.coral'), { recursive: true });
      await assert.rejects(Repository.clone(fileUrl(folder), origin.root), (error: unknown) => CoralError.is(error, 'conflict'));
      assert.deepEqual(await readdir(join(origin.root, '.coral'), { recursive: true }), before);
    });

    it('has HEAD at a branch that is there when the remote has no "main"', async () => {
      const { branches } = await origin.state();
      await origin.push('fresh', { upTo: 'dev' });
      const copy = await clone();
      assert.deepEqual([await copy.head(), await copy.branches()], [{ branch: 'dev', commit: branches['dev'] }, { dev: branches['dev'] }]);
    });
  });

  it('an empty repository takes over what a pull brings', async () => {
    await origin.push('fresh');
    const empty = await Repository.init(await freshFolder());
    await empty.addRemote('fresh', fileUrl(folder));
    assert.deepEqual((await empty.pull('fresh')).errors, []);
    assert.deepEqual((await empty.log()).map(({ commitHash }) => commitHash), (await origin.log('main')).map(({ commitHash }) => commitHash));
    assert.equal((await empty.getSyncStatus('fresh')).isSynced, true);
  });
});
