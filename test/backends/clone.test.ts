import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'mocha';
import { Repository } from '../../src/core/repository/repository';
import { assertReads, expectedOf } from '../samples/expectedReads';
import { freshFileRemote, freshS3Remote } from '../samples/remotes';
import { copyRepository, freshFolder, testedRepositories } from '../samples/repositories';

const kinds = { 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote };

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
