import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { checkRepository } from '../../../../src/core/repository/integrity/checkRepository';
import { Repository } from '../../../../src/core/repository/repository';
import { fixturePath } from '../../support/fixtures';

const repositories = ['basic', 'branches', 'ahead-behind', 'staged', 'empty', 'clone', 'checkpoint'].map((name) => join(name, 'repo'));
const detached = join('branches', 'repo-detached');
const withDeltas = readdirSync(fixturePath('deltas')).map((name) => join('deltas', name)).filter((name) => existsSync(fixturePath(name, '.coral')));

/** Names, times and contents of all files below a folder. */
function treeOf(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort().map((name) => {
    const stats = statSync(join(folder, name));
    const content = stats.isFile() ? createHash('sha256').update(readFileSync(join(folder, name))).digest('hex') : '';
    return `${name} ${stats.mtimeMs} ${content}`;
  });
}

describe('an integrity check of what the Python tool made', function () {
  this.timeout(60_000);
  for (const name of [...repositories, detached, ...withDeltas]) {
    it(`${name}: finds nothing, having read all of it, and changes nothing`, async () => {
      const root = fixturePath(name);
      const before = treeOf(root);
      const repository = await Repository.open(root);
      const report = await checkRepository(repository, { depth: 'deep' });
      assert.deepEqual(report.findings, []);
      const store = await repository.localStore();
      const { weights, deltas, commits } = report.checked;
      assert.deepEqual([weights, deltas, commits], [(await store.list()).length, (await store.listDeltas()).length, (await repository.state()).commits.size]);
      await store.close();
      assert.deepEqual(treeOf(root), before);
    });
  }
});
