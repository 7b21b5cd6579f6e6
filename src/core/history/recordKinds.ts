import { isCommitHash } from '../validate';
import type { Commit } from './commit';
import { verifiedCommit } from './commitHash';
import { isVersionId, type RecordStore } from './recordStore';
import { type NamedCommit, verifiedVersion } from './versionFile';

/** A kind of small file that travels: where it lies, and what it is. */
export interface RecordKind<T> {
  /** for people */
  readonly noun: string;
  /** its folder below `.coral`; on a remote, and in what lists it, it is the kind's name */
  readonly localFolder: readonly string[];
  /** Whether ID.json can be one. */
  readonly isId: (id: string) => boolean;
  /** What the bytes say; reason "corrupt" when they are not what `path`, which ends in ID.json, promises. */
  readonly verify: (bytes: Uint8Array, path: string) => T;
}

/** What each kind of record says. */
export interface RecordValues {
  readonly commits: Commit;
  readonly versions: NamedCommit;
}

export type RecordKindName = keyof RecordValues;

/** Each kind after those that it needs. */
export const recordKinds: { readonly [Name in RecordKindName]: RecordKind<RecordValues[Name]> } = {
  commits: { noun: 'commit', localFolder: ['objects', 'commits'], isId: isCommitHash, verify: verifiedCommit },
  versions: { noun: 'version', localFolder: ['versions'], isId: isVersionId, verify: verifiedVersion },
};

export const recordKindNames = Object.keys(recordKinds) as readonly RecordKindName[];

/** The records of one side. */
export type HistoryStore = Readonly<Record<RecordKindName, RecordStore>>;

export function historyOf(open: (kind: RecordKind<unknown>, name: RecordKindName) => RecordStore): HistoryStore {
  return Object.fromEntries(recordKindNames.map((name) => [name, open(recordKinds[name], name)])) as HistoryStore;
}
