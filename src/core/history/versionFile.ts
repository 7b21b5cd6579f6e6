import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { CoralError } from '../errors';
import { parseJsonObject } from '../base/json';
import { decodeText } from '../base/textEncoding';
import { isCommitHash } from '../validate';

/** A commit with a name, as `coral tag` gives it one. */
export interface NamedCommit {
  readonly versionId: string;
  readonly commitHash: string;
  readonly name: string;
}

const keys: ReadonlySet<string> = new Set(['version_id', 'commit_hash', 'name', 'description', 'metrics']);

/**
 * A version from the bytes of ID.json; reason "corrupt" when it is not what its id was made from. Description and metrics are not
 * part of that.
 */
export function verifiedVersion(bytes: Uint8Array, path: string): NamedCommit {
  const data = parseJsonObject(decodeText(bytes), path, 'corrupt');
  const { version_id: versionId, commit_hash: commitHash, name } = data;
  const damaged = (what: string): CoralError => new CoralError(
    'corrupt', `${path}: ${what}. Restore the file from a copy, or tag the commit again.`, { path });
  if (versionId !== basename(path, '.json') || typeof name !== 'string' || typeof commitHash !== 'string' || !isCommitHash(commitHash)) {
    throw damaged('"version_id", "name" and "commit_hash" do not say which commit is tagged');
  }
  const strange = Object.keys(data).find((key) => !keys.has(key));
  if (strange !== undefined) throw damaged(`it has a key that no version has, ${JSON.stringify(strange)}`);
  if (!createHash('sha256').update(`${name}:${commitHash}`).digest('hex').startsWith(versionId)) throw damaged('its id is not that of its name and commit');
  return { versionId, commitHash, name };
}
