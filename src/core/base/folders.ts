import type { Dirent } from 'node:fs';
import { lstat, opendir, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CoralError } from './errors';
import { fileError, isCode } from './files';

/** No folder of ours holds that many: it is a stranger's, or a link to one. */
const maxEntries = 1_000_000;

/**
 * The entries of a folder, by name; none when there is no such folder. Reason "corrupt" for what is no folder, and for one with
 * more than `limit` entries.
 */
export async function entriesOf(folder: string, limit = maxEntries): Promise<Dirent[]> {
  const entries: Dirent[] = [];
  try {
    for await (const entry of await opendir(folder, { bufferSize: 1024 })) {
      if (entries.length === limit) {
        const how = `holds more than ${limit} files, far too many`;
        throw new CoralError('corrupt', `${folder} ${how}. Restore the folder from a copy.`, { path: folder });
      }
      entries.push(entry);
    }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    if (!isCode(error, 'ENOTDIR')) throw fileError(error, folder);
    throw new CoralError('corrupt', `${folder} is not a folder. Remove it, or restore the folder from a copy.`, { path: folder });
  }
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Rejects with reason "denied" where `root`, or a folder between it and `path`, is a link: somebody who can only put a link there
 * must not choose what is read, overwritten, moved or removed, not even inside `root`. Links to the real paths in `agreed`, which
 * the user has agreed to, are followed.
 */
export async function refuseLinksBelow(root: string, path: string, agreed: readonly string[] = []): Promise<void> {
  let at = resolve(root);
  for (const name of relative(at, dirname(resolve(path))).split(sep)) {
    at = join(at, name);
    if (at === resolve(root)) return;
    const target = await linkTarget(at);
    if (target === undefined || agreed.includes(await realpath(at).catch(() => ''))) continue;
    const how = `is a link to ${target}, so nothing was done in it`;
    throw new CoralError('denied', `${at} ${how}. Replace the link with a copy of the folder it leads to.`, { path: at });
  }
}

/** The target as the link states it; undefined when there is no link. */
async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    throw fileError(error, path);
  }
}

/** Whether a path is the folder itself or lies in it. Both must be real paths, or neither. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
