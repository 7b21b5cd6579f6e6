import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'mocha';
import { Repository } from '../../src/core/repository/repository';
import { dumpStore } from '../samples/dumpStore';
import { freshFileRemote, freshS3Remote } from '../samples/remotes';
import { copyRepository, freshFolder, testedRepositories } from '../samples/repositories';
import { storePath } from '../samples/sources';
import { deltaFixtures, read, type Truth, truths } from '../unit/support/truths';

/** The folder that holds the Python package "coral", version 1.1.0, which no package registry has. */
const coralSource = process.env['CORAL_PYTHON'];
const kinds = { 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote };

/**
 * What every name of every commit must read as: what the manifest of the deltas says that it decodes to, else what h5py finds under the hash that
 * the commit records.
 */
async function expectedOf(fixture: string, repository: Repository): Promise<ReadonlyMap<string, Pick<Truth, 'hash' | 'shape' | 'sha256_le'>>> {
  const described = fixture.startsWith('deltas/') ? deltaFixtures[fixture.split('/')[1] ?? ''] : undefined;
  const decoded = new Map((described === undefined ? [] : truths(described)).map(({ ref, name, truth: { hash, shape, sha256_le } }) => [`${ref}/${name}`, { hash, shape, sha256_le }]));
  const { commits } = await repository.state();
  const stored = commits.size === 0 ? {} : dumpStore(storePath(repository));
  return new Map([...commits.values()].flatMap(({ commitHash, weightHashes }) => Object.entries(weightHashes).map(([name, hash]) => {
    const key = `${commitHash}/${name}`;
    const { shape, sha256 } = stored[hash]!;
    return [key, decoded.get(key) ?? { hash, shape: [...shape], sha256_le: sha256 }];
  })));
}

async function assertReads(repository: Repository, expected: Awaited<ReturnType<typeof expectedOf>>): Promise<void> {
  for (const [key, truth] of expected) {
    const [ref = '', ...name] = key.split('/');
    const { hash, shape, sha256_le } = await read(repository, name.join('/'), ref);
    assert.deepEqual({ hash, shape, sha256_le }, truth, key);
  }
}

/** What is lost in them, and how many commits can go all the same. */
const damagedRepositories: Readonly<Record<string, { readonly lost: RegExp; readonly arriving: number }>> = {
  'corrupt/repo-bad-json': { lost: /3f0e8ab64060fc339615fa92cf8b98a2/, arriving: 1 },
  'corrupt/repo-commit-lists-missing-weight': { lost: /"encoder.bias" \(weight b5adf40b90970f42\)/, arriving: 0 },
  'corrupt/repo-missing-pieces': { lost: /was not pushed/, arriving: 0 },
};

async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^[0-9a-f]+\.json$/.test(name)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)));
}

for (const [kind, fresh] of Object.entries(kinds)) {
  describe(`a repository goes to ${kind} and is cloned from there`, function () {
    this.timeout(120_000);
    for (const fixture of testedRepositories) {
      it(fixture, async function () {
        const remote = await fresh();
        if (remote === undefined) return this.skip();
        const origin = await copyRepository(fixture);
        await origin.addRemote('fresh', remote.url);
        const before = await origin.state();
        const hasHistory = before.commits.size > 0;
        if (hasHistory) assert.equal((await origin.getSyncStatus('fresh', remote.options).catch(() => ({ isSynced: false }))).isSynced, false);
        const pushed = await origin.push('fresh', remote.options);
        assert.deepEqual(pushed.errors, []);
        assert.equal(pushed.pushedCommits, before.commits.size);
        const status = await origin.getSyncStatus('fresh', remote.options);
        assert.deepEqual([status.problems, status.isSynced], [[], true], JSON.stringify(status.kinds));

        const { repository: clone, result } = await Repository.clone(remote.url, await freshFolder(), { ...remote.options, remoteName: 'fresh' });
        assert.deepEqual(result.errors, []);
        assert.equal(result.warnings.some((text) => /without history/.test(text)), !hasHistory, result.warnings.join());
        const after = await clone.state();
        assert.deepEqual(after.problems, []);
        assert.deepEqual(after.commits, before.commits);
        if (hasHistory) assert.deepEqual(after.branches, before.branches);
        if (hasHistory) assert.deepEqual(after.head, { branch: 'main', commit: before.branches['main'] });
        const coral = (repository: Repository, ...parts: string[]): string => join(repository.root, '.coral', ...parts);
        for (const parts of [['objects', 'commits'], ['versions']]) assert.deepEqual(await filesOf(coral(clone, ...parts)), await filesOf(coral(origin, ...parts)));
        await assertReads(clone, await expectedOf(fixture, origin));
        const again = await clone.getSyncStatus('fresh', remote.options);
        assert.equal(again.isSynced, true, JSON.stringify(again.kinds));
        await Promise.all([origin.root, dirname(clone.root)].map((folder) => rm(folder, { recursive: true })));
      });
    }

    for (const [fixture, { lost, arriving }] of Object.entries(damagedRepositories)) {
      it(`${fixture}: what is whole arrives, and what is not is told by name`, async function () {
        const remote = await fresh();
        if (remote === undefined) return this.skip();
        const origin = await copyRepository(fixture);
        await rm(join(origin.root, '.coral/remotes.json')); // one of them is damaged as well, and nobody writes over that
        await origin.addRemote('fresh', remote.url);
        const { errors, pushedCommits } = await origin.push('fresh', remote.options);
        assert.match(errors.map(({ message }) => message).join('\n'), lost);
        assert.equal(pushedCommits, arriving);
        assert.equal((await origin.getSyncStatus('fresh', remote.options)).isSynced, false);
        if (fixture === 'corrupt/repo-missing-pieces') return; // nothing to clone: it holds no weights
        const { repository: clone, result } = await Repository.clone(remote.url, await freshFolder(), remote.options);
        assert.deepEqual([result.pulledCommits, (await clone.state()).problems, await clone.branches()], [arriving, [], { main: '' }]);
        await Promise.all([origin.root, dirname(clone.root)].map((folder) => rm(folder, { recursive: true })));
      });
    }
  });
}

for (const [kind, fresh] of Object.entries(kinds)) {
  const title = `Python Coral in a clone of ${kind}`;
  describe(coralSource === undefined ? `${title} (skipped: no CORAL_PYTHON)` : title, function () {
    this.timeout(240_000);

    const cloneOf = async (origin: Repository): Promise<Repository | undefined> => {
      const remote = await fresh();
      if (remote === undefined) return undefined;
      await origin.addRemote('fresh', remote.url);
      assert.deepEqual((await origin.push('fresh', remote.options)).errors, []);
      return (await Repository.clone(remote.url, await freshFolder(), { ...remote.options, remoteName: 'fresh', remotesFileShape: 'flat' })).repository;
    };

    it('opens it, reads what it read in the original, and its gc deletes nothing', async function () {
      if (coralSource === undefined) return this.skip();
      const pairs: (readonly [string, string, string])[] = [];
      // Python cannot open "checkpoint"; it can open its clone, which holds commits alone. It reads NaN for what no one can read in "commit-per_axis_scaled".
      for (const fixture of testedRepositories.filter((name) => !['clone/repo', 'empty/repo', 'staged/repo'].includes(name))) {
        const origin = await copyRepository(fixture);
        const clone = await cloneOf(origin);
        if (clone === undefined) return this.skip();
        pairs.push([fixture, origin.root, clone.root]);
      }
      const roots = pairs.flatMap(([fixture, origin, clone]) => (fixture === 'checkpoint/repo' ? [clone] : [origin, clone]));
      const output = execFileSync('/usr/bin/python3', [resolve('test/samples/inspectRepository.py'), coralSource, ...roots], { encoding: 'utf8', maxBuffer: 1 << 28 });
      interface Found { branches: object; current: string; commits: string[]; logs: object; weights: object; remotes: string[]; cleaned: number }
      const found = JSON.parse(output.slice(output.indexOf('{"'))) as Record<string, Found>;
      for (const [fixture, origin, clone] of pairs) {
        const there = found[clone]!;
        assert.deepEqual([there.cleaned, there.remotes], [0, ['fresh']], fixture);
        if (fixture === 'checkpoint/repo') {
          assert.equal(there.commits.length, 2);
          continue;
        }
        const { branches, commits, logs, weights } = found[origin]!;
        assert.deepEqual({ branches: there.branches, commits: there.commits, logs: there.logs, weights: there.weights }, { branches, commits, logs, weights }, fixture);
      }
    });

    it('prints the same log and the same weights from its command line, checks out, and keeps them', async function () {
      if (coralSource === undefined) return this.skip();
      for (const fixture of ['branches/repo', 'deltas/stage-compressed']) {
        const origin = await copyRepository(fixture);
        const clone = await cloneOf(origin);
        if (clone === undefined) return this.skip();
        const coral = ({ root: cwd }: Repository, ...args: string[]): string => execFileSync('/usr/bin/python3', ['-m', 'coral.cli.main', ...args], {
          cwd, encoding: 'utf8', env: { ...process.env, PYTHONPATH: coralSource }, stdio: ['ignore', 'pipe', 'ignore'],
        });
        const { commits, branches } = await origin.state();
        for (const [branch, tip] of Object.entries(branches)) {
          for (const repository of [origin, clone]) coral(repository, 'checkout', branch);
          assert.equal((await clone.head()).branch, branch);
          const { metadata: { message }, weightHashes } = commits.get(tip)!;
          const logs: readonly string[] = [coral(origin, 'log'), coral(clone, 'log')];
          assert.ok(logs[0]!.includes(message), logs[0]);
          assert.equal(logs[1], logs[0]);
          const [name = ''] = Object.keys(weightHashes).reverse();
          const shown: readonly string[] = [coral(origin, 'show', name), coral(clone, 'show', name)];
          assert.ok(shown[0]!.includes(name), shown[0]);
          assert.equal(shown[1], shown[0]);
        }
        const expected = await expectedOf(fixture, clone);
        coral(clone, 'gc');
        await assertReads(clone, expected);
      }
    });
  });
}
