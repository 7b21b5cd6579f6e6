import { join, relative, sep } from 'node:path';
import { CoralError } from '../errors';
import { readTextFile } from '../base/files';
import { entriesOf } from '../base/folders';
import { parseJsonObject } from '../base/json';
import { checkBranchName, isCommitHash } from '../validate';

/** Where the repository stands. */
export interface Head {
  /** the current branch; undefined when HEAD is detached */
  readonly branch?: string | undefined;
  /** the commit; undefined before the first one */
  readonly commit?: string | undefined;
}

/** Branch to commit hash; "" before its first commit. */
export type Branches = Readonly<Record<string, string>>;

/** HEAD, a branch and a tracking ref have a few hundred bytes. */
export const maxRefBytes = 64 * 1024;
const maxRefs = 100_000;

/** The files below refs/heads, nested ones too. A damaged one is reported, the others are read all the same. */
export async function readBranches(coralFolder: string, report: (problem: CoralError) => void): Promise<Branches> {
  return readBranchFiles(join(coralFolder, 'refs', 'heads'), report);
}

/** The same of any folder with files in that form. Links to folders are not followed: they may lead round in a circle, or through a whole disk. */
export async function readBranchFiles(folder: string, report: (problem: CoralError) => void): Promise<Branches> {
  const branches: (readonly [string, string])[] = [];
  for (const path of await filesBelow(folder, report)) {
    const name = relative(folder, path).split(sep).join('/');
    try {
      checkBranchName(name);
      const text = await readTextFile(path, maxRefBytes);
      if (text !== undefined) branches.push([name, commitOf(text, path)]);
    } catch (error) {
      report(CoralError.from(error, 'corrupt').with({ path }));
    }
  }
  return Object.fromEntries(branches);
}

/** HEAD names a branch, or holds a commit hash; without the file it is "main". */
export async function readHead(coralFolder: string, branches: Branches, report: (problem: CoralError) => void): Promise<Head> {
  const path = join(coralFolder, 'HEAD');
  try {
    const text = (await readTextFile(path, maxRefBytes) ?? 'ref: refs/heads/main').trim();
    return isCommitHash(text) ? { commit: text } : branchNamedIn(text, path, branches);
  } catch (error) {
    report(CoralError.from(error, 'corrupt', { path }));
    return {};
  }
}

function branchNamedIn(text: string, path: string, branches: Branches): Head {
  const branch = /^ref: refs\/heads\/(.+)$/.exec(text)?.[1];
  try {
    if (branch !== undefined) return { branch: checkBranchName(branch), commit: commitAt(branches, branch) };
  } catch {
    // A name that no branch can have is as bad as none.
  }
  throw new CoralError('corrupt', `${path}, line 1: neither a branch nor a commit is named here. Write "ref: refs/heads/main" into it.`, { path, line: 1 });
}

/** undefined when there is no such branch, or no commit on it yet. */
export function commitAt(branches: Branches, branch: string): string | undefined {
  return (Object.hasOwn(branches, branch) && branches[branch]) || undefined;
}

function commitOf(text: string, path: string): string {
  const hash = parseJsonObject(text, path, 'corrupt')['commit_hash'];
  if (typeof hash === 'string' && (hash === '' || isCommitHash(hash))) return hash;
  throw new CoralError('corrupt', `${path}: "commit_hash" must be a commit hash. Restore the file from a copy.`, { path });
}

/** All that is no folder; whether it is a file is seen when it is read. */
async function filesBelow(folder: string, report: (problem: CoralError) => void): Promise<string[]> {
  const files: string[] = [];
  const folders = [folder];
  try {
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      for (const entry of await entriesOf(next)) {
        if (entry.isDirectory()) folders.push(join(next, entry.name));
        else if (!entry.name.startsWith('.')) files.push(join(next, entry.name));
      }
      if (files.length + folders.length > maxRefs) throw new CoralError('corrupt', `${folder} holds more than ${maxRefs} files and folders, far too many for branches.`, { path: folder });
    }
  } catch (error) {
    report(CoralError.from(error));
  }
  return files.sort();
}
