import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../base/errors';
import { fileError, isCode, makeFolder, replaceFile } from '../base/files';
import { pythonJson } from '../base/json';

const user = { name: 'Anonymous', email: 'anonymous@example.com' };
const core = { compression: 'gzip', similarity_threshold: 0.98, delta_encoding: true, delta_type: 'compressed' };

/** Read by the Python tool, which has its own defaults for everything else. */
const coralToml = `[user]
name = "${user.name}"
email = "${user.email}"

[core]
compression = "${core.compression}"
similarity_threshold = ${core.similarity_threshold}
delta_encoding = ${core.delta_encoding}
delta_type = "${core.delta_type}"
`;

/** Creates an empty repository as `coral init` does. Reason "conflict" when there is one already. */
export async function createLayout(root: string): Promise<void> {
  const folder = join(root, '.coral');
  try {
    await makeFolder(root);
    await mkdir(folder);
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw new CoralError('conflict', `There is a Coral repository at ${root} already.`, { path: root });
    throw fileError(error, folder);
  }
  try {
    await fillLayout(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw fileError(error, folder);
  }
}

/** HEAD is written last: the branch file that it names must exist. */
async function fillLayout(folder: string): Promise<void> {
  for (const path of [['objects', 'commits'], ['refs', 'heads'], ['staging']]) await mkdir(join(folder, ...path), { recursive: true });
  await writeFile(join(folder, 'objects', 'weights.h5'), '', { flag: 'wx' });
  await replaceFile(join(folder, 'coral.toml'), coralToml);
  await replaceFile(join(folder, 'config.json'), pythonJson({ user, core }));
  await replaceFile(join(folder, 'refs', 'heads', 'main'), pythonJson({ name: 'main', commit_hash: '', parent_branch: null }));
  await replaceFile(join(folder, 'HEAD'), 'ref: refs/heads/main');
}
