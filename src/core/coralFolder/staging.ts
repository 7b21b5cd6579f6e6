import { join } from 'node:path';
import { CoralError } from '../base/errors';
import { isHashMap } from '../history/commit';
import { maxRecordBytes } from '../history/recordStore';
import { readTextFile } from '../base/files';
import { parseJsonObject } from '../base/json';

/** What `coral add` has put aside for the next commit. */
export interface Staged {
  /** weight name to hash */
  readonly weights: Readonly<Record<string, string>>;
  /** weight name to delta hash */
  readonly deltas: Readonly<Record<string, string>>;
}

/**
 * Reads staging/staged.json, today's form {weights, deltas} or the old one, {name: hash}. Nothing staged when it is not there or
 * damaged.
 */
export async function readStaged(coralFolder: string, report: (problem: CoralError) => void): Promise<Staged> {
  const path = join(coralFolder, 'staging', 'staged.json');
  try {
    const text = await readTextFile(path, maxRecordBytes);
    if (text === undefined) return { weights: {}, deltas: {} };
    const data = parseJsonObject(text, path, 'corrupt');
    if (isHashMap(data)) return { weights: data, deltas: {} };
    const { weights, deltas = {} } = data;
    if (isHashMap(weights) && isHashMap(deltas)) return { weights, deltas };
    throw new CoralError('corrupt', `${path}: names must be mapped to hashes. Stage the weights again with "coral add".`, { path });
  } catch (error) {
    report(CoralError.from(error, 'corrupt', { path }));
    return { weights: {}, deltas: {} };
  }
}
