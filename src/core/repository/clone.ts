import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readlink, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError, throwIfCancelled } from '../base/errors';
import type { SyncResult } from '../transfer/syncResult';
import { fileError, makeFolder, replaceFile } from '../base/files';
import { type Branches, readBranches, readBranchFiles } from '../coralFolder/branches';
import { moveBranchFile } from '../coralFolder/branchFiles';

/**
 * Makes `root/.coral` atomically: `fill` gets an empty folder beside it, in which it makes a `.coral`. When `fill` rejects,
 * nothing is left. Reason "conflict" when there is a repository already.
 */
export async function makeRepository(root: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const target = join(root, '.coral');
  const conflict = (): CoralError => new CoralError(
    'conflict', `There is a Coral repository at ${root} already. Choose another folder.`, { path: root });
  if (await exists(target)) throw conflict();
  await refuseDanglingLink(target);
  const isNew = !await exists(root);
  const draft = join(root, `.coral-clone-${randomUUID()}`);
  try {
    await makeFolder(root);
    await mkdir(draft).catch((error: unknown) => { throw fileError(error, root); });
    await fill(draft);
    if (await exists(target)) throw conflict();
    await rename(join(draft, '.coral'), target).catch((error: unknown) => { throw fileError(error, target); });
  } catch (error) {
    await rm(draft, { recursive: true, force: true, maxRetries: 3 });
    if (isNew) await rmdir(root).catch(() => undefined);
    throw error;
  }
  await rm(draft, { recursive: true, force: true, maxRetries: 3 });
}

/** Throws the error that ended a clone. When only single items failed, the clone is worth having, and a pull tries those again. */
export function checkCloned({ errors }: SyncResult, signal: AbortSignal | undefined): void {
  const fatal = errors.find((error) => CoralError.means(error, 'ends everything'));
  if (fatal !== undefined) throw fatal;
  throwIfCancelled(signal);
}

/** Makes a branch of each tracking ref, then lets HEAD name the remote's main branch, the first one where there is no "main". */
export async function checkOutBranches(coralFolder: string, remote: string): Promise<Branches> {
  const tracking = await readBranchFiles(coralFolder, join('refs', 'remotes', remote), (problem) => { throw problem; });
  const made = await readBranches(coralFolder, () => undefined);
  for (const [name, tip] of Object.entries(tracking)) {
    if (!Object.hasOwn(made, name)) await moveBranchFile(coralFolder, name, undefined, tip);
    else if (made[name] === '') await moveBranchFile(coralFolder, name, '', tip);
  }
  const names = Object.keys(tracking).sort();
  const current = ['main', 'master'].find((name) => names.includes(name)) ?? names.find((name) => !name.includes('/')) ?? names[0];
  if (current === undefined) return tracking;
  await replaceFile(join(coralFolder, 'HEAD'), `ref: refs/heads/${current}`);
  if (!names.includes('main')) await rm(join(coralFolder, 'refs', 'heads', 'main'), { force: true });
  return tracking;
}

/** A folder cannot be renamed onto a dangling link; better found out before the download than after. */
async function refuseDanglingLink(target: string): Promise<void> {
  if ((await lstat(target).catch(() => undefined))?.isSymbolicLink() !== true) return;
  throw new CoralError(
    'conflict', `${target} is a link to ${await readlink(target)}, which is not there. `
    + 'Remove the link, or choose another folder.', { path: target });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
