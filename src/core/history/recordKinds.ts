import { isCommitHash } from '../base/validate';
import { type CheckpointList, mergedCheckpoints, verifiedCheckpoints } from './checkpointList';
import type { Commit } from './commit';
import { verifiedCommit } from './verifiedCommit';
import { isPlainName, isVersionId, type RecordStore } from './recordStore';
import { type TrainingState, verifiedState } from './trainingState';
import { verifiedVersion, type Version } from './versions';

/** A kind of small file that push and pull transfer: where it lies, what it contains, and how conflicts are settled. */
export interface RecordKind<T> {
  /** for people */
  readonly noun: RecordNoun;
  /** its folder below `.coral`; on a remote, and in what lists it, it is the kind's name */
  readonly localFolder: readonly string[];
  /** where the Python tool keeps it, if elsewhere: there it is only read */
  readonly pythonPlace?: PythonPlace;
  /** Whether ID.json can be one. */
  readonly isId: (id: string) => boolean;
  /** What the bytes say; reason "corrupt" or "unsupported" when they are not what `path` and `id` promise. */
  readonly verify: (bytes: Uint8Array, path: string, id: string) => T;
  /** for records of one commit: they go only where that commit is, and two that differ are a conflict */
  readonly ofCommit?: OfCommit<T>;
  /** The commits that it names. It is sent after those of them that are being sent. */
  readonly names?: (value: T) => readonly string[];
  /** Merges two that differ, losing nothing; returns `one` itself when it already contains both. */
  readonly merge?: (one: Uint8Array, other: Uint8Array) => Uint8Array;
}

export type RecordNoun = 'commit' | 'version' | 'training state' | 'checkpoint list';

export interface PythonPlace {
  /** below `.coral` */
  readonly folder: readonly string[];
  /** what follows the id in a file's name */
  readonly ending: string;
}

export interface OfCommit<T> {
  readonly commitOf: (value: T) => string;
  /** for people, at the beginning of a sentence */
  readonly title: (value: T) => string;
  /** how one is not the other, in a sentence */
  readonly differs: string;
}

/** What each kind of record says. */
export interface RecordValues {
  readonly commits: Commit;
  readonly versions: Version;
  readonly states: TrainingState;
  readonly checkpoints: CheckpointList;
}

export type RecordKindName = keyof RecordValues;

/** Every kind comes after the kinds it depends on. */
export const recordKinds: { readonly [Name in RecordKindName]: RecordKind<RecordValues[Name]> } = {
  commits: { noun: 'commit', localFolder: ['objects', 'commits'], isId: isCommitHash, verify: verifiedCommit },
  versions: {
    noun: 'version', localFolder: ['versions'], isId: isVersionId, verify: verifiedVersion,
    ofCommit: {
      commitOf: ({ commitHash }) => commitHash, title: ({ name, versionId }) => `Version "${name}" (${versionId})`,
      differs: 'has another description or other metrics',
    },
  },
  states: {
    noun: 'training state', localFolder: ['states'], isId: isCommitHash, verify: verifiedState,
    // The Python tool cannot open a repository with such a file, so none is ever written there.
    pythonPlace: { folder: ['objects', 'commits'], ending: '_state.json' },
    ofCommit: {
      commitOf: ({ commitHash }) => commitHash, title: ({ commitHash }) => `Training state ${commitHash}`, differs: 'is not the same',
    },
  },
  checkpoints: {
    noun: 'checkpoint list', localFolder: ['checkpoints'], isId: isPlainName, verify: verifiedCheckpoints,
    names: ({ commits }) => commits, merge: mergedCheckpoints,
  },
};

export const recordKindNames = Object.keys(recordKinds) as readonly RecordKindName[];

/** Every noun is that of one kind. */
export function recordNameOf(noun: RecordNoun): RecordKindName {
  return recordKindNames.find((name) => recordKinds[name].noun === noun) as RecordKindName;
}

export function ofEachKind<T>(make: (name: RecordKindName) => T): Readonly<Record<RecordKindName, T>> {
  return Object.fromEntries(recordKindNames.map((name) => [name, make(name)])) as Record<RecordKindName, T>;
}

/** A kind by its name, for what is done with records of any kind. */
export function recordKind(name: RecordKindName): RecordKind<unknown> {
  return recordKinds[name] as RecordKind<unknown>;
}

/** The records of one side. */
export type HistoryStore = Readonly<Record<RecordKindName, RecordStore>>;

export function historyOf(open: (kind: RecordKind<unknown>, name: RecordKindName) => RecordStore): HistoryStore {
  return ofEachKind((name) => open(recordKind(name), name));
}
