import type { CoralError } from '../errors';
import { type RecordKind, type RecordKindName, recordKindNames, recordKinds, type RecordValues } from '../history/recordKinds';
import { arrivedRecord } from './arrivedRecord';
import { type Difference, difference, inBoth } from './difference';
import type { Inventory, Records } from './inventory';
import { withoutCommit } from './planRecords';

/** Those that are on both sides and not the same are a conflict, but for those of which each side can get what it lacks. */
export function recordsDifference<Name extends RecordKindName>(
  name: Name, { [name]: here }: Records, { [name]: there }: Records,
): Difference {
  const lacked = (from: Records[Name], to: Records[Name]): string[] => (
    [...from].filter(([id, record]) => arrivedRecord(name, id, record, to.get(id)) !== to.get(id)).map(([id]) => id));
  if (recordKinds[name].merge !== undefined) {
    return { ahead: lacked(here, there).sort(), behind: lacked(there, here).sort(), missing: [], conflicts: [] };
  }
  const conflicts = inBoth(here, there, (one, other) => Buffer.compare(one.bytes, other.bytes) !== 0);
  return difference(here.keys(), there.keys(), { conflicts });
}

interface CommitRecord {
  readonly key: string;
  readonly commit: string;
  readonly problem: (nobody: string) => CoralError;
}

/** What says something of a commit. */
export function commitRecords(side: Inventory): CommitRecord[] {
  return recordKindNames.flatMap((name) => recordsOfCommits(name, side));
}

function recordsOfCommits<Name extends RecordKindName>(name: Name, { [name]: records }: Records): CommitRecord[] {
  const { ofCommit } = recordKinds[name] as RecordKind<RecordValues[Name]>;
  if (ofCommit === undefined) return [];
  return [...records].map(([id, { value }]) => ({
    key: `${name} ${id}`, commit: ofCommit.commitOf(value), problem: (nobody) => withoutCommit(name, value, nobody),
  }));
}
