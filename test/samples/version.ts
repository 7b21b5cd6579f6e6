import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names a commit as `coral tag` does, and returns the version's id. */
export async function writeVersion(folder: string, name: string, commit: string): Promise<string> {
  const id = createHash('sha256').update(`${name}:${commit}`).digest('hex').slice(0, 16);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${id}.json`), JSON.stringify({ version_id: id, commit_hash: commit, name, description: null, metrics: null }, null, 2));
  return id;
}
