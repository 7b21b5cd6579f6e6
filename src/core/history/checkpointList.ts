import { CoralError } from '../base/errors';
import { isObject, type JsonObject, keepNumber, parseJsonObject, sameNumbersJson } from '../base/json';
import { decodeText } from '../base/textEncoding';
import { checkExperimentName, isCommitHash } from '../base/validate';

/** The checkpoints of an experiment, as the Python tool's CheckpointManager keeps them. */
export interface CheckpointList {
  /** the checkpoints that are commits */
  readonly commits: readonly string[];
  readonly best: string | undefined;
}

/** A list from the bytes of EXP.json; "corrupt" for what is none, "unsupported" for a name that could not be a file everywhere. */
export function verifiedCheckpoints(bytes: Uint8Array, path: string, experiment: string): CheckpointList {
  try {
    checkExperimentName(experiment);
  } catch (error) {
    throw new CoralError('unsupported', `${path} stays where it is: ${CoralError.from(error).message} Rename it.`, { path });
  }
  const { head, entries } = contentOf(bytes, path);
  const best = head['best_checkpoint_hash'];
  return {
    commits: entries.flatMap(({ commit }) => commit ?? []),
    best: typeof best === 'string' && isCommitHash(best) ? best : undefined,
  };
}

/**
 * Merges two lists: each checkpoint once, in order of time; the best_* entries come from the list with the newest checkpoint.
 * Returns `one` or `other` itself where it already says everything. Merging is commutative, associative and idempotent.
 */
export function mergedCheckpoints(one: Uint8Array, other: Uint8Array): Uint8Array {
  const lists = [one, other].map((bytes) => ({ bytes, ...contentOf(bytes, 'A checkpoint list') }));
  const entries = distinct(lists.flatMap((list) => list.entries));
  const [{ head } = { head: {} }] = lists.map((list) => ({ ...list, rank: [list.entries.at(-1)?.time ?? '', sameNumbersJson(list.head)] }))
    .sort((first, second) => compare(second.rank, first.rank));
  const text = textOf(head, entries);
  const whole = lists.find((list) => textOf(list.head, list.entries) === text);
  return whole?.bytes ?? Buffer.from(text);
}

interface Entry {
  readonly commit: string | undefined;
  readonly time: string;
  readonly text: string;
  readonly value: JsonObject;
}

interface Content {
  /** all but the checkpoints */
  readonly head: JsonObject;
  readonly entries: readonly Entry[];
}

function contentOf(bytes: Uint8Array, path: string): Content {
  const { checkpoints, ...head } = parseJsonObject(decodeText(bytes), path, 'corrupt', keepNumber);
  if (!Array.isArray(checkpoints)) throw damaged(path, '"checkpoints" is no list');
  return { head, entries: distinct(checkpoints.map((value: unknown) => entryOf(value, path))) };
}

function entryOf(value: unknown, path: string): Entry {
  const { commit_hash: commit, timestamp: time } = isObject(value) ? value : {};
  if (!isObject(value) || typeof time !== 'string') throw damaged(path, 'a checkpoint has no "timestamp"');
  if (commit !== null && (typeof commit !== 'string' || !isCommitHash(commit))) {
    throw damaged(path, 'the "commit_hash" of a checkpoint is not one');
  }
  return { commit: commit ?? undefined, time, text: sameNumbersJson(value), value };
}

/** One entry per commit, or per time where there is no commit, the later one winning; in order of time. */
function distinct(entries: readonly Entry[]): Entry[] {
  const sorted = entries.toSorted((one, other) => compare([one.time, one.text], [other.time, other.text]));
  return [...new Map(sorted.map((entry) => [entry.commit ?? `at ${entry.time}`, entry])).values()]
    .sort((one, other) => compare([one.time, one.text], [other.time, other.text]));
}

function textOf(head: JsonObject, entries: readonly Entry[]): string {
  return sameNumbersJson({ ...head, checkpoints: entries.map(({ value }) => value) });
}

function compare(one: readonly string[], other: readonly string[]): number {
  const at = one.findIndex((text, index) => text !== other[index]);
  return at === -1 ? 0 : String(one[at]) < String(other[at]) ? -1 : 1;
}

function damaged(path: string, what: string): CoralError {
  return new CoralError('corrupt', `${path} is damaged: ${what}. Restore it from a copy.`, { path });
}
