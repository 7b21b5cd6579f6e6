import { readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesOf, isInside } from '../base/folders';
import { CoralError } from '../base/errors';
import { recordKindNames } from '../history/recordKinds';

/**
 * Rejects with reason "denied" where a file or folder that a file remote consists of is a symbolic link: somebody who can only
 * put a link there must not choose which file a push overwrites. weights.h5 may be a link to a file in the same folder, and the
 * folder itself may be one (a mount, say). Other files are not checked.
 */
export async function checkLinks(folder: string): Promise<void> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) return;
  const inRemote = await linksIn(root, (name) => /^(weights\.h5|refs\.json)/.test(name) || recordKindNames.some((kind) => kind === name));
  for (const link of inRemote) await refuse(link, root);
  for (const name of recordKindNames) {
    for (const link of await linksIn(join(root, name), () => true)) await refuse(link, root);
  }
}

async function refuse(link: string, root: string): Promise<void> {
  const target = await realpath(link).catch(() => undefined);
  const staysInside = target !== undefined && isInside(root, target);
  if (staysInside && link === join(root, 'weights.h5')) return;
  const where = staysInside ? '' : ', outside of this remote';
  const next = staysInside ? 'replace it with what it leads to' : 'use the folder it leads to as the remote, or replace the link with the file';
  throw new CoralError(
    'denied', `${link} is a link to ${await readlink(link)}${where}. Coral does not follow it: ${next}.`, { path: link });
}

async function linksIn(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const entries = await entriesOf(folder).catch(() => []);
  return entries.filter((entry) => entry.isSymbolicLink() && isWanted(entry.name)).map(({ name }) => join(folder, name));
}
