import { readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesOf, isInside } from '../base/folders';
import { CoralError } from '../errors';

/**
 * Rejects with reason "denied" where a symbolic link among a file remote's own files leads out of its folder, or to nothing: who may only put a link there
 * must not choose which file a push overwrites. The folder itself may be one, a mount say. Whatever else lies in the folder is not looked at.
 */
export async function checkLinks(folder: string): Promise<void> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) return;
  const inRemote = await linksIn(root, (name) => /^(weights\.h5|refs\.json)/.test(name) || name === 'commits' || name === 'versions');
  const inRecords = await Promise.all(['commits', 'versions'].map((name) => linksIn(join(root, name), () => true)));
  for (const link of [...inRemote, ...inRecords.flat()]) {
    const target = await realpath(link).catch(() => undefined);
    if (target === undefined || !isInside(root, target)) throw leadsOut(link, await readlink(link));
  }
}

function leadsOut(link: string, target: string): CoralError {
  return new CoralError(
    'denied', `${link} is a link to ${target}, outside of this remote. Coral does not follow it: use the folder it leads to as the remote, or replace the link with the file.`, { path: link });
}

async function linksIn(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const entries = await entriesOf(folder).catch(() => []);
  return entries.filter((entry) => entry.isSymbolicLink() && isWanted(entry.name)).map(({ name }) => join(folder, name));
}
