import { rmSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Repository } from '../../src/core/repository/repository';
import { deltaFixtures } from '../unit/support/truths';

/** Every repository among the fixtures that is whole, by its folder in test/fixtures. */
export const wholeRepositories: readonly string[] = [
  'basic/repo', 'ahead-behind/repo', 'branches/repo', 'branches/repo-detached', 'clone/repo', 'staged/repo', 'empty/repo', 'checkpoint/repo',
  ...Object.keys(deltaFixtures).map((name) => (name === 'pushed' ? 'deltas/pushed/repo' : `deltas/${name}`)),
];

/** Some of each kind, for every run; all of them with CORAL_TEST_ALL=1. */
export const testedRepositories: readonly string[] = process.env['CORAL_TEST_ALL'] ? wholeRepositories : [
  'basic/repo', 'branches/repo', 'branches/repo-detached', 'clone/repo', 'empty/repo', 'checkpoint/repo',
  'deltas/pushed/repo', 'deltas/stage-compressed-f8', 'deltas/stage-sparse-few', 'deltas/commit-int8_quantized',
];

const folders: string[] = [];
process.once('exit', () => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

async function newFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  folders.push(folder);
  return folder;
}

/** A copy that a test may change. Where it has remotes, they lead nowhere. */
export async function copyRepository(fixture: string): Promise<Repository> {
  const root = await newFolder('coral-repository-');
  await cp(resolve('test/fixtures', fixture), root, { recursive: true });
  return Repository.open(root);
}

/** A folder for a clone, which does not exist yet. */
export async function freshFolder(): Promise<string> {
  return join(await newFolder('coral-clone-'), 'clone');
}
