import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { CoralError, throwIfCancelled } from '../base/errors';
import { mapConcurrently } from '../base/mapConcurrently';
import { useFile } from '../base/files';
import { entriesOf } from '../base/folders';
import { type JsonObject, parseJsonObject } from '../base/json';
import { decodeText } from '../base/textEncoding';
import { isCommitHash } from '../base/validate';
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
const keys: ReadonlySet<string> = new Set(['version_id', 'commit_hash', 'name', 'description', 'metrics']);
const noCommit = '"version_id", "name" and "commit_hash" do not say which commit is tagged';

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
      return await useFile(path, maxRecordBytes, (bytes) => versionOf(dataOf(bytes, path), path)) ?? [];
    } catch (error) {
      report(CoralError.from(error, 'corrupt', { path }));
      return [];
    }
  });
  return versions.flat().sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * A version from the bytes of ID.json; reason "corrupt" when it is not what its id was made from. Description and metrics are not
 * part of that.
 */
export function verifiedVersion(bytes: Uint8Array, path: string): Version {
  const data = dataOf(bytes, path);
  const version = versionOf(data, path);
  const { versionId, commitHash, name } = version;
  if (versionId !== basename(path, '.json')) throw damaged(path, noCommit);
  const strange = Object.keys(data).find((key) => !keys.has(key));
  if (strange !== undefined) throw damaged(path, `it has a key that no version has, ${JSON.stringify(strange)}`);
  const digest = createHash('sha256').update(`${name}:${commitHash}`).digest('hex');
  if (!digest.startsWith(versionId)) throw damaged(path, 'its id is not that of its name and commit');
  return version;
}

function dataOf(bytes: Uint8Array, path: string): JsonObject {
  return parseJsonObject(decodeText(bytes), path, 'corrupt');
}

function versionOf({ version_id: versionId, commit_hash: commitHash, name, description }: JsonObject, path: string): Version {
  if (typeof versionId !== 'string' || typeof name !== 'string' || typeof commitHash !== 'string' || !isCommitHash(commitHash)) {
    throw damaged(path, noCommit);
  }
  return { versionId, commitHash, name, description: typeof description === 'string' ? description : undefined };
}

function damaged(path: string, what: string): CoralError {
  return new CoralError('corrupt', `${path}: ${what}. Restore the file from a copy, or tag the commit again.`, { path });
}

async function jsonFiles(folder: string): Promise<string[]> {
  return (await entriesOf(folder, maxVersions)).flatMap(({ name }) => (name.endsWith('.json') && !name.startsWith('.') ? [name] : []));
}
