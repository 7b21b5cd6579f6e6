import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Repository } from '../../src/core/repository/repository';
import { corals } from '../python/python.mjs';
import { assertReads, expectedOf } from '../samples/expectedReads';
import { type FreshRemote, freshFileRemote, freshS3Remote } from '../samples/remotes';
import { copyRepository, freshFolder, testedRepositories } from '../samples/repositories';
import { coralCommand, type Inspected, runCoral } from '../samples/runCoral';

const kinds = { 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote };
/** Python cannot open "checkpoint"; it can open its clone, which holds commits alone. */
const unreadable = 'checkpoint/repo';
const fixtures = testedRepositories.filter((name) => !['clone/repo', 'empty/repo', 'staged/repo'].includes(name));

async function cloneOf(origin: Repository, remote: FreshRemote): Promise<Repository> {
  await origin.addRemote('fresh', remote.url);
  assert.deepEqual((await origin.push('fresh', remote.options)).errors, []);
  return (await Repository.clone(remote.url, await freshFolder(), { ...remote.options, remoteName: 'fresh', remotesFileShape: 'flat' })).repository;
}

for (const { version, coral, missing } of corals) {
  const title = `Python Coral ${version} in a clone`;
  describe(missing === undefined ? title : `${title} (skipped: ${missing})`, function () {
    this.timeout(240_000);

    for (const [kind, fresh] of Object.entries(kinds)) it(`opens it, reads what it read in the original, and its gc deletes nothing: from ${kind}`, async function () {
      if (coral === undefined) return this.skip();
      const pairs: (readonly [string, string, string])[] = [];
      for (const fixture of fixtures) {
        const remote = await fresh();
        if (remote === undefined) return this.skip();
        const origin = await copyRepository(fixture);
        pairs.push([fixture, origin.root, (await cloneOf(origin, remote)).root]);
      }
      const roots = pairs.flatMap(([fixture, origin, clone]) => (fixture === unreadable ? [clone] : [origin, clone]));
      const found = runCoral<Record<string, Inspected>>(coral, 'inspectRepository.py', roots);
      for (const [fixture, origin, clone] of pairs) {
        const there = found[clone]!;
        assert.deepEqual([there.cleaned, there.remotes], [0, version === '1.0.0' ? null : ['fresh']], fixture);
        if (fixture === unreadable) {
          assert.equal(there.commits.length, 2);
          continue;
        }
        const { branches, commits, logs, weights } = found[origin]!;
        assert.ok(Object.keys(weights).length > 0, fixture);
        const same = { branches: there.branches, commits: there.commits, logs: there.logs, weights: there.weights };
        assert.deepEqual(same, { branches, commits, logs, weights }, fixture);
      }
    });

    it('prints the same log and the same weights from its command line, checks out, and keeps them', async function () {
      if (coral === undefined) return this.skip();
      for (const fixture of ['branches/repo', 'deltas/stage-compressed']) {
        const origin = await copyRepository(fixture);
        const clone = await cloneOf(origin, await freshFileRemote());
        const { commits, branches } = await origin.state();
        for (const [branch, tip] of Object.entries(branches)) {
          const both = (...command: string[]): string[] => [origin, clone].map(({ root }) => coralCommand(coral, root, ...command));
          both('checkout', branch);
          assert.equal((await clone.head()).branch, branch);
          const { metadata: { message }, weightHashes } = commits.get(tip)!;
          const [name = ''] = Object.keys(weightHashes).reverse();
          for (const [said, command] of [[message, ['log']], [name, ['show', name]]] as const) {
            const [there, here] = both(...command);
            assert.ok(there?.includes(said), there);
            assert.equal(here, there);
          }
        }
        const expected = await expectedOf(fixture, clone);
        coralCommand(coral, clone.root, 'gc');
        await assertReads(clone, expected);
      }
    });
  });
}
