import { before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { Repository } from '../../../src/core/repository/repository';
import { copyFixture, fixturePath, readFixtureJson } from '../support/fixtures';

interface CommitFile {
  readonly commit_hash: string;
  readonly parent_hashes: string[];
  readonly weight_hashes: Record<string, string>;
  readonly delta_weights: Record<string, string>;
  readonly metadata: unknown;
}

interface Manifest {
  readonly branches: Record<string, string>;
  readonly current_branch: string;
  readonly head: string;
  readonly commits: Record<string, CommitFile>;
  readonly local_store: { readonly weights: Record<string, unknown> };
  readonly remote_store: { readonly weights: Record<string, unknown> };
  readonly sync_status: { readonly ahead: string[]; readonly behind: string[]; readonly synced: string[] };
}

const manifestOf = (...fixture: string[]): Manifest => readFixtureJson(...fixture, 'manifest.json') as Manifest;

async function commitsOf(repository: Repository): Promise<Record<string, CommitFile>> {
  const { commits } = await repository.state();
  return Object.fromEntries([...commits].map(([hash, { commitHash, parentHashes, weightHashes, deltaWeights, metadata }]) => [hash, {
    commit_hash: commitHash, parent_hashes: [...parentHashes], weight_hashes: weightHashes, delta_weights: deltaWeights, metadata,
  }]));
}

describe('Repository on the fixtures', function () {
  // Each store loads its own HDF5, which takes a while on a busy machine.
  this.timeout(30_000);

  for (const [fixture, manifest] of [
    ['basic', manifestOf('basic')], ['ahead-behind', manifestOf('ahead-behind')], ['branches', manifestOf('branches')], ['clone', manifestOf('clone')],
    ['deltas/pushed', (readFixtureJson('deltas', 'manifest.json') as { pushed: Manifest }).pushed],
  ] as const) {
    describe(fixture, () => {
      let repository: Repository;
      before(async () => {
        repository = await Repository.open(join(await copyFixture(fixture), 'repo'));
      });

      it('has the branches, commits and HEAD of its manifest, and no problems', async () => {
        const branch = manifest.current_branch;
        assert.deepEqual(await repository.branches(), manifest.branches);
        assert.deepEqual(await commitsOf(repository), manifest.commits);
        assert.deepEqual(await repository.head(), { branch, commit: manifest.branches[branch] || undefined });
        assert.deepEqual(await repository.problems(), []);
      });

      it('knows the names that its commits give', async () => {
        const names = await repository.names();
        for (const { weight_hashes: hashes } of Object.values(manifest.commits)) {
          for (const [name, hash] of Object.entries(hashes)) assert.ok(names.get(hash)?.includes(name), `${name} of ${hash}`);
        }
        assert.equal(names.size, new Set(Object.values(manifest.commits).flatMap(({ weight_hashes: hashes }) => Object.values(hashes))).size);
      });

      it('compares what the two stores hold', async () => {
        const here = Object.keys(manifest.local_store.weights).sort();
        const there = Object.keys(manifest.remote_store.weights).sort();
        const { ahead, behind, synced, missing, needsPush, needsPull, totalLocal, totalRemote, isSynced } = await repository.getSyncStatus('origin');
        const expected = {
          ahead: here.filter((hash) => !there.includes(hash)), behind: there.filter((hash) => !here.includes(hash)), synced: here.filter((hash) => there.includes(hash)),
        };
        assert.deepEqual({ ahead, behind, synced }, expected);
        if (fixture !== 'clone') assert.deepEqual({ ahead, behind, synced }, sorted(manifest.sync_status));
        assert.deepEqual([missing, needsPush, needsPull, totalLocal, totalRemote], [[], ahead.length, behind.length, here.length, there.length]);
        assert.equal(isSynced, Object.keys(manifest.commits).length === 0 && ahead.length + behind.length === 0);
      });
    });
  }

  it('clone: is in sync here, where upstream calls all of it behind', async () => {
    const repository = await Repository.open(join(await copyFixture('clone'), 'repo'));
    assert.equal((await repository.getSyncStatus('origin')).isSynced, true);
    assert.equal(manifestOf('clone').sync_status.behind.length, 4);
  });

  it('branches/repo-detached: HEAD is a commit', async () => {
    const repository = await Repository.open(join(await copyFixture('branches'), 'repo-detached'));
    assert.deepEqual(await repository.head(), { commit: '1bae96005626b0eea6dee4b65ecfaae5' });
    assert.equal((await repository.log()).at(0)?.commitHash, '1bae96005626b0eea6dee4b65ecfaae5');
    assert.deepEqual(await repository.problems(), []);
  });

  it('branches: log goes from the tip to the first commit, by branch, hash and part of a hash', async () => {
    const repository = await Repository.open(join(await copyFixture('branches'), 'repo'));
    const { branches, commits } = manifestOf('branches');
    for (const [name, tip] of Object.entries(branches)) {
      const hashes = (await repository.log(name)).map(({ commitHash }) => commitHash);
      const expected = [];
      for (let at: string | undefined = tip; at !== undefined; at = commits[at]?.parent_hashes[0]) expected.push(at);
      assert.deepEqual(hashes, expected);
      assert.deepEqual((await repository.log(tip.slice(0, 6))).map(({ commitHash }) => commitHash), expected);
    }
    await assert.rejects(repository.log('nothing'), (error: unknown) => CoralError.is(error, 'missing'));
  });

  it('empty: no commits, a branch without one, nothing staged', async () => {
    const repository = await Repository.open(join(await copyFixture('empty'), 'repo'));
    const state = await repository.state();
    assert.deepEqual([state.head, state.branches, state.commits.size, state.staged, state.remotes, state.problems],
      [{ branch: 'main', commit: undefined }, { main: '' }, 0, { weights: {}, deltas: {} }, [], []]);
    assert.deepEqual(await repository.log(), []);
    const store = await repository.localStore();
    assert.deepEqual(await store.list(), []);
    await store.close();
  });

  it('staged: knows what is staged and its names', async () => {
    const { staged } = readFixtureJson('staged', 'manifest.json') as { staged: { weights: Record<string, string>; deltas: Record<string, string> } };
    const repository = await Repository.open(join(await copyFixture('staged'), 'repo'));
    assert.deepEqual(await repository.staged(), staged);
    assert.deepEqual((await repository.names()).get(staged.weights['head.weight']!), ['head.weight']);
  });

  it('checkpoint: reads the commits beside the files that upstream stumbles over', async () => {
    const repository = await Repository.open(join(await copyFixture('checkpoint'), 'repo'));
    assert.deepEqual(await commitsOf(repository), (readFixtureJson('checkpoint', 'manifest.json') as Manifest).commits);
    assert.deepEqual(await repository.problems(), []);
    assert.deepEqual((await repository.log()).map(({ metadata }) => metadata.message), ['Checkpoint at epoch 2, step 20', 'Checkpoint at epoch 1, step 10']);
  });

  for (const name of readdirSync(fixturePath('deltas')).filter((entry) => !entry.includes('.') && entry !== 'pushed')) {
    it(`deltas/${name}: its commits read without problems`, async () => {
      const manifest = (readFixtureJson('deltas', 'manifest.json') as Record<string, Manifest>)[name]!;
      const repository = await Repository.open(fixturePath('deltas', name));
      const { commits, problems } = await repository.state();
      assert.deepEqual(await commitsOf(repository), manifest.commits);
      assert.ok([...commits.values()].every(({ weightHashes }) => Object.keys(weightHashes).length > 0));
      assert.deepEqual(problems, []);
    });
  }

  describe('damaged', () => {
    const problemsOf = async (name: string): Promise<{ repository: Repository; found: string[] }> => {
      const repository = await Repository.open(join(await copyFixture('corrupt'), name));
      const found = (await repository.problems()).map(({ reason, line, message }) => `${reason} ${line ?? '-'} ${message.replaceAll(repository.root, 'ROOT').replaceAll('\\', '/')}`);
      return { repository, found };
    };

    it('repo-bad-json: names the files and lines, and reads the rest', async () => {
      const { repository, found } = await problemsOf('repo-bad-json');
      assert.equal(found.length, 2);
      assert.match(found[0]!, /^corrupt 3 ROOT\/\.coral\/objects\/commits\/3f0e8ab64060fc339615fa92cf8b98a2\.json, line 3: this is not JSON/);
      assert.match(found[1]!, /^invalid 1 ROOT\/\.coral\/remotes\.json, line 1: this is not JSON/);
      assert.deepEqual(Object.keys(await commitsOf(repository)), ['6e61e928b019b540f3030f1891896f2a']);
      assert.equal((await repository.head()).branch, 'main');
    });

    it('repo-missing-pieces: names what is missing, HEAD is main, no branches, the commits are read', async () => {
      const { repository, found } = await problemsOf('repo-missing-pieces');
      const state = await repository.state();
      assert.deepEqual(found.map((text) => text.split(' is not there')[0]), ['missing - ROOT/.coral/refs/heads/main', 'missing - ROOT/.coral/objects/weights.h5']);
      assert.deepEqual([state.head, state.branches, state.commits.size, state.remotes.length], [{ branch: 'main', commit: undefined }, {}, 2, 1]);
    });

    it('repo-commit-lists-missing-weight: it has it, the remote or nobody, and says so', async () => {
      const { missing } = (readFixtureJson('corrupt', 'manifest.json') as Record<string, { missing: string }>)['repo-commit-lists-missing-weight']!;
      const { repository, found } = await problemsOf('repo-commit-lists-missing-weight');
      assert.deepEqual(found, []);
      assert.ok((await repository.getSyncStatus('origin')).behind.includes(missing));
      await repository.addRemote('nowhere', `file://${join(repository.root, 'nowhere')}`);
      const status = await repository.getSyncStatus('nowhere');
      assert.deepEqual(status.missing, [missing]);
      assert.equal(status.isSynced, false);
      await assert.rejects(repository.readWeight('encoder.bias'), (error: unknown) => CoralError.is(error, 'missing') && error.hash === missing);
    });
  });
});

function sorted({ ahead, behind, synced }: Manifest['sync_status']): Manifest['sync_status'] {
  return { ahead: [...ahead].sort(), behind: [...behind].sort(), synced: [...synced].sort() };
}
