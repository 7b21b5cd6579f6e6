import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError, throwIfCancelled } from '../base/errors';
import { fileError, isCode } from '../base/files';
import { entriesOf, refuseLinksBelow } from '../base/folders';
import { checkRemoteName } from '../base/validate';
import { type Branches, readBranchFiles } from './branches';

/** Remote to its branches, as last seen. */
export type TrackingRefs = Readonly<Record<string, Branches>>;

/**
 * The files `.coral/refs/remotes/REMOTE/BRANCH`, where the Python tool does not look; branches may hold slashes. Damage is reported
 * and hides only what is damaged.
 */
export async function readTrackingRefs(
  coralFolder: string, report: (problem: CoralError) => void, signal?: AbortSignal,
): Promise<TrackingRefs> {
  throwIfCancelled(signal);
  const folder = join(coralFolder, 'refs', 'remotes');
  const tracked: (readonly [string, Branches])[] = [];
  for (const remote of await subfolders(coralFolder, folder, report)) {
    throwIfCancelled(signal);
    try {
      tracked.push([checkRemoteName(remote), await readBranchFiles(coralFolder, join('refs', 'remotes', checkRemoteName(remote)), report, signal)]);
    } catch (error) {
      throwIfCancelled(signal);
      report(CoralError.from(error, 'corrupt').with({ path: join(folder, remote) }));
    }
  }
  return Object.fromEntries(tracked);
}

/**
 * Moves the tracking refs of a remote to its new name, in one rename. Leftovers of a former remote of that name are removed. When
 * this rejects, both are where they were.
 */
export async function renameTrackingRefs(coralFolder: string, from: string, to: string): Promise<void> {
  if (!isRemoteName(from)) return; // nothing was ever written under such a name
  const folder = join(coralFolder, 'refs', 'remotes');
  const [source, destination, aside] = [join(folder, from), join(folder, checkRemoteName(to)), join(folder, `.${to}.replaced`)];
  await refuseLinksBelow(coralFolder, source);
  try {
    await rename(source, destination);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    if (!occupied.some((code) => isCode(error, code))) throw fileError(error, source);
    await rm(aside, { recursive: true, force: true });
    await rename(destination, aside).catch((failure: unknown) => { throw fileError(isCode(failure, 'ENOENT') ? error : failure, source); });
    await rename(source, destination).catch(async (failure: unknown) => {
      await rename(aside, destination);
      throw fileError(failure, source);
    });
    await rm(aside, { recursive: true, force: true });
  }
}

/** Removes the tracking refs of a remote that was removed: another remote of that name would seem to have them. */
export async function removeTrackingRefs(coralFolder: string, remote: string): Promise<void> {
  if (!isRemoteName(remote)) return; // nothing was ever written under such a name
  const folder = join(coralFolder, 'refs', 'remotes', remote);
  if (!await refuseLinksBelow(coralFolder, folder).then(() => true, () => false)) return; // nothing was ever written through such a link
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) => { throw fileError(error, folder); });
}

/** The codes with which a rename onto a folder with content fails, by platform. */
const occupied = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'];

function isRemoteName(name: string): boolean {
  try {
    return checkRemoteName(name) === name;
  } catch {
    return false;
  }
}

/** More remotes than any repository has. */
const maxRemotes = 1_000;

async function subfolders(coralFolder: string, folder: string, report: (problem: CoralError) => void): Promise<string[]> {
  const all = await refuseLinksBelow(coralFolder, join(folder, 'any remote')).then(() => entriesOf(folder, maxRemotes)).catch((error: unknown) => {
    report(CoralError.from(error));
    return [];
  });
  const entries = all.filter(({ name }) => !name.startsWith('.'));
  for (const link of entries.filter((entry) => entry.isSymbolicLink())) {
    const path = join(folder, link.name);
    report(new CoralError('corrupt', `${path} is a link; what was seen of a remote's branches is kept in a folder of its own. Remove the link.`, { path }));
  }
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
