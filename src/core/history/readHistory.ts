import { join } from 'node:path';
import { CoralError, throwIfCancelled } from '../base/errors';
import { useFile } from '../base/files';
import { entriesOf } from '../base/folders';
import { mapConcurrently } from '../base/mapConcurrently';
import { decodeText } from '../base/textEncoding';
import { isCommitHash } from '../base/validate';
import { type Commit, parseCommit } from './commit';
import type { Commits } from './graph';
import { maxRecordBytes } from './recordStore';

export interface History {
  readonly commits: Commits;
  /** the damaged commits; the others are read all the same */
  readonly problems: readonly CoralError[];
}

/** The commits in `.coral/objects/commits`. Only HASH.json is one: checkpoints put HASH_state.json beside them. */
export async function readHistory(folder: string, signal?: AbortSignal): Promise<History> {
  const problems: CoralError[] = [];
  const hashes = await commitsIn(folder).catch((error: unknown) => { problems.push(CoralError.from(error)); return []; });
  const commits = new Map<string, Commit>();
  const read = await mapConcurrently(hashes, 64, (hash) => {
    throwIfCancelled(signal);
    return readCommit(folder, hash);
  });
  for (const commit of read) {
    if (CoralError.is(commit)) problems.push(commit);
    else if (commit !== undefined) commits.set(commit.commitHash, commit);
  }
  return { commits, problems };
}

/** The hashes that the files are named after, sorted; none when there is no such folder. */
export async function commitsIn(folder: string): Promise<string[]> {
  return (await entriesOf(folder)).flatMap(({ name }) => commitHashOf(name) ?? []).sort();
}

/** The commit, what is wrong with its file, or undefined when there is none. Does not reject. */
export async function readCommit(folder: string, hash: string): Promise<Commit | CoralError | undefined> {
  const path = join(folder, `${hash}.json`);
  try {
    return await useFile(path, maxRecordBytes, (bytes) => parseCommit(decodeText(bytes), path));
  } catch (error) {
    return CoralError.from(error, 'corrupt', { path });
  }
}

function commitHashOf(fileName: string): string | undefined {
  const hash = fileName.endsWith('.json') ? fileName.slice(0, -'.json'.length) : '';
  return isCommitHash(hash) ? hash : undefined;
}
