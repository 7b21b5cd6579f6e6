import { createHash } from 'node:crypto';
import { CoralError } from '../base/errors';
import { isObject, type JsonObject, keepNumber, NumberText, parseJsonObject, pythonJson } from '../base/json';
import { decodeText } from '../base/textEncoding';
import { type Commit, commitOf } from './commit';

const commitKeys: ReadonlySet<string> = new Set(['commit_hash', 'parent_hashes', 'weight_hashes', 'metadata', 'delta_weights']);
const metadataKeys: ReadonlySet<string> = new Set(['author', 'email', 'message', 'timestamp', 'tags']);
/** What Python's datetime.fromisoformat takes, in the form that isoformat gives. */
const timestamp = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{3}(\d{3})?)?)?([+-]\d\d:\d\d)?$/;

/**
 * A commit from the bytes of HASH.json, which must be what its hash was taken over. Reason "corrupt" otherwise, and for what would keep the
 * Python tool from opening the repository: other keys, or no timestamp. `path` ends in HASH.json.
 */
export function verifiedCommit(bytes: Uint8Array, path: string): Commit {
  const data = parseJsonObject(decodeText(bytes), path, 'corrupt', keepNumber); // the hash covers numbers as they are written
  const commit = commitOf(data, path);
  const damaged = (what: string): CoralError => new CoralError(
    'corrupt', `Commit ${commit.commitHash} (${path}) is damaged: ${what}. Restore it from another copy.`, { path });
  const metadata = isObject(data['metadata']) ? data['metadata'] : {};
  const strange = [...Object.keys(data).filter((key) => !commitKeys.has(key)), ...Object.keys(metadata).filter((key) => !metadataKeys.has(key))];
  if (strange.length > 0) throw damaged(`it has a key that no commit has, ${JSON.stringify(strange[0])}`);
  if (!timestamp.test(commit.metadata.timestamp)) throw damaged('it has no timestamp');
  const found = hashOfCommit(data);
  if (!found.startsWith(commit.commitHash)) throw damaged(`its content hashes to ${found.slice(0, commit.commitHash.length)}`);
  return commit;
}

/** 64 hex digits; a commit's hash is the first 32 of them, in old repositories 16. */
function hashOfCommit(data: JsonObject): string {
  const content = Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'commit_hash'));
  return createHash('sha256').update(sortedPythonJson(content)).digest('hex');
}

/** Python's json.dumps(value, sort_keys=True). */
function sortedPythonJson(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(sortedPythonJson).join(', ')}]`;
  if (!isObject(value)) return pythonJson(value);
  return `{${sortedKeys(value).map((key) => `${pythonJson(key)}: ${sortedPythonJson(value[key])}`).join(', ')}}`;
}

const aboveSurrogates = /[\ud800-\uffff]/;

/** Python sorts by code points; JavaScript's own order differs for characters beyond the 16-bit ones. */
function sortedKeys(value: JsonObject): string[] {
  const keys = Object.keys(value);
  return keys.some((key) => aboveSurrogates.test(key)) ? keys.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))) : keys.sort();
}
