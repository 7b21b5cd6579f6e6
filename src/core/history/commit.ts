import { basename } from 'node:path';
import { CoralError } from '../base/errors';
import { isObject, type JsonObject, parseJsonObject } from '../base/json';
import { isCommitHash, isHash } from '../base/validate';

interface CommitMetadata {
  readonly author: string;
  readonly email: string;
  readonly message: string;
  /** as Python's isoformat() gives it: local time without a zone */
  readonly timestamp: string;
  readonly tags: readonly string[];
}

export interface Commit {
  readonly commitHash: string;
  readonly parentHashes: readonly string[];
  /**
   * Weight name to weight hash. What was staged for this commit only, not a full snapshot. For a weight that was stored as a
   * delta while it was staged this is the hash of the delta's reference.
   */
  readonly weightHashes: Readonly<Record<string, string>>;
  /** Weight name to delta hash. */
  readonly deltaWeights: Readonly<Record<string, string>>;
  readonly metadata: CommitMetadata;
}

/** A commit from the text of HASH.json; reason "corrupt", with the line, when the file is damaged. Metadata may be missing. */
export function parseCommit(text: string, path: string): Commit {
  return commitOf(parseJsonObject(text, path, 'corrupt'), path);
}

/** The same from what the file's JSON says. */
export function commitOf(data: JsonObject, path: string): Commit {
  const damaged = (what: string): CoralError => new CoralError('corrupt', `${path}: ${what}. Restore the file from a copy.`, { path });
  const commitHash = data['commit_hash'];
  if (typeof commitHash !== 'string' || commitHash !== basename(path, '.json')) throw damaged('"commit_hash" is not what the file is called');
  const parentHashes = data['parent_hashes'] ?? [];
  if (!isTexts(parentHashes) || !parentHashes.every(isCommitHash)) throw damaged('"parent_hashes" must list commit hashes');
  const hashes = (key: string): Readonly<Record<string, string>> => {
    const map = data[key] ?? {};
    if (!isHashMap(map)) throw damaged(`"${key}" must map names to hashes`);
    return map;
  };
  return { commitHash, parentHashes, weightHashes: hashes('weight_hashes'), deltaWeights: hashes('delta_weights'), metadata: metadataOf(data['metadata']) };
}

/** Whether the value maps names to weight or delta hashes. */
export function isHashMap(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((hash) => typeof hash === 'string' && isHash(hash));
}

function metadataOf(value: unknown): CommitMetadata {
  const data: JsonObject = isObject(value) ? value : {};
  const text = (key: string): string => (typeof data[key] === 'string' ? data[key] : '');
  return {
    author: text('author'), email: text('email'), message: text('message'), timestamp: text('timestamp'),
    tags: isTexts(data['tags']) ? data['tags'] : [],
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
