import { readlink, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CoralError } from '../base/errors';
import { isCode } from '../base/files';
import { isInside } from '../base/folders';

/** A part of a repository that is a link to a place outside its folder. Plain data. */
export interface LinkedPart {
  /** below the real path of the repository's folder: "/home/me/run/.coral/objects" */
  readonly path: string;
  readonly realPath: string;
}

/** The parts that may be links, outermost first. Nothing is written through any other link; see `refuseLinksBelow`. */
const parts = ['', 'objects', 'objects/weights.h5'];

/**
 * The parts that are links out of `realRoot`, the folder's real path; parts inside another linked one are not listed. Looks at
 * links only and opens nothing.
 */
export async function linkedParts(realRoot: string): Promise<LinkedPart[]> {
  const paths = parts.map((part) => join(realRoot, '.coral', part));
  const places = await Promise.all(paths.map(realPathOf));
  const known = [realRoot];
  return paths.flatMap((path, index) => {
    const realPath = places[index];
    if (realPath === undefined || known.some((folder) => isInside(folder, realPath))) return [];
    known.push(realPath);
    return [{ path, realPath }];
  });
}

/** Throws "conflict" for a folder that leads elsewhere than to the agreed real path; undefined agrees to any. */
export function refuseSwitched({ root, realRoot }: { readonly root: string; readonly realRoot: string }, agreed: string | undefined): void {
  if (agreed === undefined || agreed === realRoot) return;
  const how = `leads to ${realRoot} now, not to ${agreed} as was agreed to`;
  throw new CoralError('conflict', `${root} ${how}. Nothing was sent. Look at it, then try again.`, { path: root, conflict: 'folder' });
}

/** Throws "conflict" for a part that leads where the user has not agreed to. */
export function refuseLinked(linked: readonly LinkedPart[], agreed: readonly string[]): void {
  const found = linked.find(({ realPath }) => !agreed.includes(realPath));
  if (found === undefined) return;
  const { path, realPath } = found;
  const next = 'Choose "Use It..." in the Remotes view (scripts: agreed.realPaths), or replace the link with a copy.';
  throw new CoralError('conflict', `${path} is a link to ${realPath}, outside of this repository. ${next}`, { path, conflict: 'link' });
}

/** undefined when the path cannot be followed. A dangling link counts as the path at which a file would be made. */
async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    // A path that cannot be followed cannot be opened either; opening it says why.
    if (!isCode(error, 'ENOENT')) return undefined;
    const target = await readlink(path).catch(() => undefined);
    return target === undefined ? undefined : resolve(await realpath(dirname(path)), target);
  }
}
