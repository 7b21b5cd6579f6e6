import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { CoralError } from '../errors';
import { fileError, isCode } from './files';

/** What lies in a folder, by name; nothing when there is no such folder. Reason "corrupt" for what is no folder. */
export async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    if (!isCode(error, 'ENOTDIR')) throw fileError(error, folder);
    throw new CoralError('corrupt', `${folder} is not a folder. Remove it, or restore the folder from a copy.`, { path: folder });
  }
}

/**
 * The real path of the folder that a file is about to be written to; of the nearest one above it, as long as it is not there yet. Reason "denied"
 * when a link on the way leads out of `root`, which may be a link itself: who may only put a link into a folder must not choose where else files
 * are written. `agreed` are real paths of other folders in which the user has agreed to write.
 */
export async function realFolderInside(root: string, path: string, agreed: readonly string[] = []): Promise<string> {
  const folder = dirname(resolve(path));
  const [realRoot, found] = [await realFolderAbove(resolve(root)), await realFolderAbove(folder)];
  if ([realRoot, ...agreed].some((inside) => isInside(inside, found))) return found;
  throw new CoralError('denied', `${folder} leads to ${found} by a link, outside of ${root}, so nothing is written there. Replace the link with a copy of its folder.`, { path: folder });
}

/** The real path of a folder, or of the nearest one above it that is there. */
async function realFolderAbove(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if (!isCode(error, 'ENOENT') || dirname(folder) === folder) throw fileError(error, folder);
    return realFolderAbove(dirname(folder));
  }
}

/** Whether a path is the folder itself or lies in it; both are real, or both are not. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
