import { CoralError } from '../base/errors';
import { type OfCommit, type RecordKind, recordKind, type RecordKindName } from '../history/recordKinds';
import { arrivedRecord } from './arrivedRecord';
import type { Recorded } from './rememberedRecords';
import { type Stay, stay, stayOf } from './stays';
import { done, type Scene, toName } from './world';

/** What is sent of one kind, and what stays behind. */
export interface Part {
  readonly go: readonly string[];
  readonly stays: readonly Stay[];
}

/** Records follow the commits that they belong to. */
export function planRecords(name: RecordKindName, scene: Scene): Part {
  const { from, to } = scene;
  const kind = recordKind(name);
  if (kind.ofCommit !== undefined) return planOfCommits(name, kind.ofCommit, scene);
  const records: ReadonlyMap<string, Recorded<unknown>> = from[name];
  return {
    // Records that wait for a commit are not reported: the commit is.
    go: [...records].filter(([id, record]) => {
      const there = to[name].get(id);
      return arrivedRecord(kind, id, record, there) !== there
        && kind.names?.(record.value).every((hash) => to.commits.has(hash) || !from.commits.has(hash)) !== false;
    }).map(([id]) => id),
    stays: [],
  };
}

function planOfCommits(name: RecordKindName, ofCommit: OfCommit<unknown>, scene: Scene): Part {
  const { way, from, to, chosen: { commits }, options: { force = false } } = scene;
  const go: string[] = [];
  const stays: Stay[] = [];
  for (const [id, { value, bytes }] of from[name]) {
    const commit = ofCommit.commitOf(value);
    if (commits?.has(commit) === false) continue;
    const there = to[name].get(id);
    const isLost = !to.commits.has(commit) && !from.commits.has(commit);
    if (there !== undefined && Buffer.compare(there.bytes, bytes) === 0) {
      // A pull reports what the remote lacks, as it does for refs; a push need not repeat it.
      if (isLost && way === 'pull') stays.push(stayOf(withoutCommit(recordKind(name), value, 'neither side')));
    } else if (there !== undefined && !force) {
      stays.push(stay('conflict', () => `${ofCommit.title(value)} ${ofCommit.differs} in ${toName(scene)}. `
        + 'Nothing was overwritten; force replaces it.'));
    } else if (to.commits.has(commit)) {
      go.push(id);
    } else if (isLost) {
      stays.push(stay('missing', ({ wasNot }) => withoutCommit(recordKind(name), value, 'neither side', ` It ${wasNot} ${done(way)}.`).message));
    }
  }
  return { go, stays };
}

/** The error of a record whose commit neither side has. */
export function withoutCommit<T>({ noun, ofCommit }: RecordKind<T>, value: T, nobody: string, more = ''): CoralError {
  const what = `${ofCommit?.title(value) ?? noun} names commit ${ofCommit?.commitOf(value) ?? ''}, which ${nobody} has.${more}`;
  return new CoralError('missing', `${what} Restore the commit's file from a copy, or delete the ${noun}.`);
}
