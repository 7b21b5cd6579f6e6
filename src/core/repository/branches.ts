import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { CoralError } from '../errors';
import { fileError, isCode, readTextFile } from '../base/files';
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

/** The files below refs/heads, nested ones too. A damaged one is reported, the others are read all the same. */
export async function readBranches(coralFolder: string, report: (problem: CoralError) => void): Promise<Branches> {
  return readBranchFiles(join(coralFolder, 'refs', 'heads'), report);
}

/** The same of any folder with files in that form. */
export async function readBranchFiles(folder: string, report: (problem: CoralError) => void): Promise<Branches> {
  const branches: (readonly [string, string])[] = [];
  for (const path of await filesBelow(folder)) {
    const name = relative(folder, path).split(sep).join('/');
    try {
      checkBranchName(name);
      branches.push([name, commitOf(await readTextFile(path) ?? '', path)]);
    } catch (error) {
      report(CoralError.from(error, 'corrupt').with({ path }));
    }
  }
  return Object.fromEntries(branches);
}

/** HEAD names a branch, or holds a commit hash; without the file it is "main". */
export async function readHead(coralFolder: string, branches: Branches, report: (problem: CoralError) => void): Promise<Head> {
  const path = join(coralFolder, 'HEAD');
  const text = (await readTextFile(path) ?? 'ref: refs/heads/main').trim();
  if (isCommitHash(text)) return { commit: text };
  const branch = /^ref: refs\/heads\/(.+)$/.exec(text)?.[1];
  try {
    if (branch !== undefined) return { branch: checkBranchName(branch), commit: commitAt(branches, branch) };
  } catch {
    // A name that no branch can have is as bad as none.
  }
  report(new CoralError('corrupt', `${path}, line 1: neither a branch nor a commit is named here. Write "ref: refs/heads/main" into it.`, { path, line: 1 }));
  return {};
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

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => join(entry.parentPath, entry.name)).sort();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw fileError(error, folder);
  }
}
