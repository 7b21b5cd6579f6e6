import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'mocha';
import { Repository } from '../../src/core/repository/repository';
import { freshFileRemote, freshS3Remote } from '../samples/remotes';
import { copyRepository, freshFolder, testedRepositories } from '../samples/repositories';
import { deltaFixtures, read, type Truth, truths } from '../unit/support/truths';

/** The folder that holds the Python package "coral", version 1.1.0, which no package registry has. */
const coralSource = process.env['CORAL_PYTHON'];
const kinds = { 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote };

/** What every name of every commit must read as: the manifest's decoded truth; where there are no deltas, the hash that the commit records. */
async function expectedOf(fixture: string, repository: Repository): Promise<Map<string, Partial<Truth>>> {
  const described = deltaFixtures[fixture.split('/')[1] ?? ''];
  if (fixture.startsWith('deltas/') && described !== undefined) return new Map(truths(described).map(({ ref, name, truth }) => [`${ref}/${name}`, truth]));
  const { commits } = await repository.state();
  return new Map([...commits.values()].flatMap(({ commitHash, weightHashes }) => Object.entries(weightHashes).map(([name, hash]) => [`${commitHash}/${name}`, { hash }])));
}

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
        const expected = await expectedOf(fixture, origin);
        for (const [key, truth] of expected) {
          const [ref = '', ...name] = key.split('/');
          const found = await read(clone, name.join('/'), ref);
          assert.deepEqual(Object.fromEntries(Object.keys(truth).filter((field) => field in found).map((field) => [field, found[field as keyof Truth]])),
            Object.fromEntries(Object.entries(truth).filter(([field]) => field in found)), key);
        }
        const again = await clone.getSyncStatus('fresh', remote.options);
        assert.equal(again.isSynced, true, JSON.stringify(again.kinds));
        await Promise.all([origin.root, dirname(clone.root)].map((folder) => rm(folder, { recursive: true })));
      });
    }
  });
}

describe(coralSource === undefined ? 'Python Coral in a clone (skipped: no CORAL_PYTHON)' : 'Python Coral in a clone', function () {
  this.timeout(240_000);

  it('opens it, reads what it read in the original, and its gc deletes nothing', async function () {
    if (coralSource === undefined) return this.skip();
    const pairs: (readonly [string, string, string])[] = [];
    // Python cannot open "checkpoint"; it can open its clone, which holds commits alone. It reads NaN for what no one can read in "commit-per_axis_scaled".
    for (const fixture of testedRepositories.filter((name) => !['clone/repo', 'empty/repo', 'staged/repo'].includes(name))) {
      const remote = await freshFileRemote();
      const origin = await copyRepository(fixture);
      await origin.addRemote('fresh', remote.url);
      assert.deepEqual((await origin.push('fresh')).errors, []);
      const { repository: clone } = await Repository.clone(remote.url, await freshFolder(), { remoteName: 'fresh', remotesFileShape: 'flat' });
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

  it('shows, logs and checks out from its command line', async function () {
    if (coralSource === undefined) return this.skip();
    const remote = await freshFileRemote();
    const origin = await copyRepository('branches/repo');
    await origin.addRemote('fresh', remote.url);
    await origin.push('fresh');
    const { repository: clone } = await Repository.clone(remote.url, await freshFolder());
    const coral = (...args: string[]): string => execFileSync('/usr/bin/python3', ['-m', 'coral.cli.main', ...args], {
      cwd: clone.root, encoding: 'utf8', env: { ...process.env, PYTHONPATH: coralSource },
    });
    const { commits, branches } = await origin.state();
    assert.match(coral('log'), new RegExp(commits.get(branches['main']!)!.metadata.message));
    const [name = ''] = Object.keys(commits.get(branches['main']!)!.weightHashes);
    assert.match(coral('show', name), new RegExp(name));
    coral('checkout', 'dev');
    assert.equal((await clone.head()).branch, 'dev');
    assert.match(coral('log'), new RegExp(commits.get(branches['dev']!)!.metadata.message));
  });
});
