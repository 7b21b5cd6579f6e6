import { dirname, join } from 'node:path';
import { editFile, makeFolder, readTextFile, replaceFile } from '../base/files';
import { refuseLinksBelow } from '../base/folders';
import { parseJsonObject, pythonJson } from '../base/json';
import { checkBranchName, checkRemoteName } from '../base/validate';
import { maxRefBytes } from './branches';

/**
 * Moves a branch from one commit to another; false, and nothing is changed, when it is no longer at `from`. undefined stands for a branch
 * without a file. The temporary file lies outside refs/heads, where the Python tool takes every file for a branch.
 */
export async function moveBranchFile(coralFolder: string, name: string, from: string | undefined, to: string): Promise<boolean> {
  let moved = false;
  const path = join(coralFolder, 'refs', 'heads', ...checkBranchName(name).split('/'));
  await refuseLinksBelow(coralFolder, path);
  await editFile(path, (text) => {
    const branch = text === undefined ? undefined : parseJsonObject(text, path, 'corrupt');
    moved = branch?.['commit_hash'] === from;
    return moved ? branchText(name, to, branch?.['parent_branch']) : undefined;
  }, { maxBytes: maxRefBytes, scratch: coralFolder });
  return moved;
}

/**
 * Records where a remote's branch was last seen, in `.coral/refs/remotes/REMOTE/BRANCH`, in the format of a branch file. False
 * when that was recorded already.
 */
export async function writeTrackingRef(coralFolder: string, remote: string, name: string, commit: string): Promise<boolean> {
  const path = join(coralFolder, 'refs', 'remotes', checkRemoteName(remote), ...checkBranchName(name).split('/'));
  await refuseLinksBelow(coralFolder, path);
  const now = branchText(name, commit);
  if (await readTextFile(path, maxRefBytes) === now) return false;
  await makeFolder(dirname(path));
  await replaceFile(path, now, coralFolder);
  return true;
}

/** Exactly three keys: the Python tool stops at any other. */
function branchText(name: string, commit: string, parent: unknown = null): string {
  return pythonJson({ name, commit_hash: commit, parent_branch: typeof parent === 'string' ? parent : null });
}
