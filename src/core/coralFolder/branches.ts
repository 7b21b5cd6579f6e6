import { join, relative, sep } from 'node:path';
import { CoralError, throwIfCancelled } from '../base/errors';
import { readTextFile } from '../base/files';
import { entriesOf, refuseLinksBelow } from '../base/folders';
import { parseJsonObject } from '../base/json';
import { checkBranchName, isCommitHash } from '../base/validate';

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
/** Below one folder of refs. */
const maxRefs = 20_000;

/** The files below refs/heads, nested ones too. A damaged one is reported, the others are read all the same. */
export async function readBranches(coralFolder: string, report: (problem: CoralError) => void, signal?: AbortSignal): Promise<Branches> {
  return readBranchFiles(coralFolder, join('refs', 'heads'), report, signal);
}

/**
 * Reads any folder of branch files in `.coral`. A folder that is a link, lies behind one, or holds far too many files is reported
 * as one problem and not read. Links to folders inside it are not followed either: they may form a circle, or lead through a
 * whole disk.
 */
export async function readBranchFiles(
  coralFolder: string, below: string, report: (problem: CoralError) => void, signal?: AbortSignal,
): Promise<Branches> {
  const folder = join(coralFolder, below);
  const branches: (readonly [string, string])[] = [];
  const files = await filesBelow(coralFolder, folder, signal).catch((error: unknown) => {
    throwIfCancelled(signal);
    report(CoralError.from(error));
    return [];
  });
  for (const path of files) {
    throwIfCancelled(signal);
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
    // An impossible branch name is treated like no HEAD at all.
  }
  throw new CoralError(
    'corrupt', `${path}, line 1: neither a branch nor a commit is named here. Write "ref: refs/heads/main" into it.`, { path, line: 1 });
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

/** Everything but folders; reading an entry tells whether it is a file. */
async function filesBelow(coralFolder: string, folder: string, signal: AbortSignal | undefined): Promise<string[]> {
  await refuseLinksBelow(coralFolder, join(folder, 'any branch'));
  const files: string[] = [];
  const folders = [folder];
  let found = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    throwIfCancelled(signal);
    const entries = await entriesOf(next, maxRefs);
    found += entries.length;
    if (found > maxRefs) {
      throw new CoralError(
        'corrupt', `${folder} holds more than ${maxRefs} files and folders, far too many for branches.`, { path: folder });
    }
    for (const entry of entries) {
      if (entry.isDirectory()) folders.push(join(next, entry.name));
      else if (!entry.name.startsWith('.')) files.push(join(next, entry.name));
    }
  }
  return files.sort();
}
