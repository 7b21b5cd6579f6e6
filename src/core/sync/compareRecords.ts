import type { CoralError } from '../base/errors';
import { recordKind, type RecordKindName, recordKindNames } from '../history/recordKinds';
import { arrivedRecord } from './arrivedRecord';
import { type Difference, difference, inBoth } from './difference';
import type { Inventory, Records } from './inventory';
import { withoutCommit } from './planRecords';
import type { Recorded } from './rememberedRecords';

/**
 * Records on both sides that differ are a conflict, except of a kind that is merged: a side then lacks it while merging would
 * change its own.
 */
export function recordsDifference(name: RecordKindName, { [name]: here }: Records, { [name]: there }: Records): Difference {
  const kind = recordKind(name);
  const lacked = (from: AnyRecords, to: AnyRecords): string[] => (
    [...from].filter(([id, record]) => arrivedRecord(kind, id, record, to.get(id)) !== to.get(id)).map(([id]) => id));
  if (kind.merge !== undefined) {
    return { ahead: lacked(here, there).sort(), behind: lacked(there, here).sort(), missing: [], conflicts: [] };
  }
  const conflicts = inBoth<Recorded<unknown>>(here, there, (one, other) => Buffer.compare(one.bytes, other.bytes) !== 0);
  return difference(here.keys(), there.keys(), { conflicts });
}

type AnyRecords = ReadonlyMap<string, Recorded<unknown>>;

interface CommitRecord {
  readonly key: string;
  readonly commit: string;
  readonly problem: (nobody: string) => CoralError;
}

/** All records that belong to one commit. */
export function commitRecords(side: Inventory): CommitRecord[] {
  return recordKindNames.flatMap((name) => recordsOfCommits(name, side));
}

function recordsOfCommits(name: RecordKindName, { [name]: records }: Records): CommitRecord[] {
  const kind = recordKind(name);
  const { ofCommit } = kind;
  if (ofCommit === undefined) return [];
  return [...records].map(([id, { value }]) => ({
    key: `${name} ${id}`, commit: ofCommit.commitOf(value), problem: (nobody) => withoutCommit(kind, value, nobody),
  }));
}
