import { join } from 'node:path';
import { CoralError, throwIfCancelled } from '../errors';
import { mapConcurrently } from '../base/mapAtOnce';
import { useFile } from '../base/files';
import { entriesOf } from '../base/folders';
import { parseJsonObject } from '../base/json';
import { decodeText } from '../base/textEncoding';
import { isCommitHash } from '../validate';
import { maxRecordBytes } from './recordStore';

/** A commit with a name, as `coral tag` gives it one. */
export interface Version {
  readonly versionId: string;
  readonly commitHash: string;
  readonly name: string;
  readonly description?: string | undefined;
}

const concurrency = 64;
const maxVersions = 100_000;

/**
 * The files in `.coral/versions`, by name; none when there is no such folder. A damaged one is reported, the others are read all
 * the same.
 */
export async function readVersions(coralFolder: string, report: (problem: CoralError) => void, signal?: AbortSignal): Promise<Version[]> {
  throwIfCancelled(signal);
  const folder = join(coralFolder, 'versions');
  const files = await jsonFiles(folder).catch((error: unknown) => { report(CoralError.from(error)); return []; });
  const versions = await mapConcurrently(files, concurrency, async (file) => {
    throwIfCancelled(signal);
    const path = join(folder, file);
    try {
      return await useFile(path, maxRecordBytes, (bytes) => parseVersion(decodeText(bytes), path)) ?? [];
    } catch (error) {
      report(CoralError.from(error, 'corrupt', { path }));
      return [];
    }
  });
  return versions.flat().sort((one, other) => (one.name < other.name ? -1 : 1));
}

function parseVersion(text: string, path: string): Version {
  const { version_id: versionId, commit_hash: commitHash, name, description } = parseJsonObject(text, path, 'corrupt');
  if (typeof versionId !== 'string' || typeof name !== 'string' || typeof commitHash !== 'string' || !isCommitHash(commitHash)) {
    throw new CoralError(
      'corrupt', `${path}: "version_id", "name" and "commit_hash" must say which commit is tagged. `
      + 'Tag it again with "coral tag".', { path });
  }
  return { versionId, commitHash, name, description: typeof description === 'string' ? description : undefined };
}

async function jsonFiles(folder: string): Promise<string[]> {
  return (await entriesOf(folder, maxVersions)).flatMap(({ name }) => (name.endsWith('.json') && !name.startsWith('.') ? [name] : []));
}
