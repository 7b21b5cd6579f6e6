import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../errors';
import { fileError, isCode } from '../storage/jsonFile';
import { checkRemoteName } from '../validate';
import { type Branches, readBranchFiles } from './branches';

/** Remote to its branches, as last seen. */
export type TrackingRefs = Readonly<Record<string, Branches>>;

/**
 * The files `.coral/refs/remotes/REMOTE/BRANCH`, where the Python tool does not look; branches may hold slashes. Damage is reported and hides
 * only what is damaged.
 */
export async function readTrackingRefs(coralFolder: string, report: (problem: CoralError) => void): Promise<TrackingRefs> {
  const folder = join(coralFolder, 'refs', 'remotes');
  const tracked: (readonly [string, Branches])[] = [];
  for (const remote of await subfolders(folder)) {
    try {
      tracked.push([checkRemoteName(remote), await readBranchFiles(join(folder, remote), report)]);
    } catch (error) {
      report(CoralError.from(error, 'corrupt').with({ path: join(folder, remote) }));
    }
  }
  return Object.fromEntries(tracked);
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name).sort();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw fileError(error, folder);
  }
}
