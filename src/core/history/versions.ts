import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../errors';
import { fileError, isCode, readTextFile } from '../base/files';
import { parseJsonObject } from '../base/json';
import { isCommitHash } from '../validate';

/** A commit with a name, as `coral tag` gives it one. */
export interface Version {
  readonly versionId: string;
  readonly commitHash: string;
  readonly name: string;
  readonly description?: string | undefined;
}

/** The files in `.coral/versions`, by name; none when there is no such folder. A damaged one is reported, the others are read all the same. */
export async function readVersions(coralFolder: string, report: (problem: CoralError) => void): Promise<Version[]> {
  const folder = join(coralFolder, 'versions');
  const versions = await Promise.all((await jsonFiles(folder)).map(async (file) => {
    const path = join(folder, file);
    try {
      const text = await readTextFile(path);
      return text === undefined ? [] : parseVersion(text, path);
    } catch (error) {
      report(CoralError.from(error, 'corrupt', { path }));
      return [];
    }
  }));
  return versions.flat().sort((one, other) => (one.name < other.name ? -1 : 1));
}

function parseVersion(text: string, path: string): Version {
  const { version_id: versionId, commit_hash: commitHash, name, description } = parseJsonObject(text, path, 'corrupt');
  if (typeof versionId !== 'string' || typeof name !== 'string' || typeof commitHash !== 'string' || !isCommitHash(commitHash)) {
    throw new CoralError('corrupt', `${path}: "version_id", "name" and "commit_hash" must say which commit is tagged. Tag it again with "coral tag".`, { path });
  }
  return { versionId, commitHash, name, description: typeof description === 'string' ? description : undefined };
}

async function jsonFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw fileError(error, folder);
  }
}
