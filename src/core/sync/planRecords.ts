import { CoralError } from '../errors';
import { type OfCommit, type RecordKind, recordKind, type RecordKindName } from '../history/recordKinds';
import { arrivedRecord } from './arrivedRecord';
import type { Recorded } from './rememberedRecords';
import { type Stay, stay, stayOf } from './stays';
import { done, type Scene, toName } from './world';

/** What of one kind goes, and what stays behind. */
export interface Part {
  readonly go: readonly string[];
  readonly stays: readonly Stay[];
}

/** Records that go where the commits are that they say something of. */
export function planRecords(name: RecordKindName, scene: Scene): Part {
  const { from, to } = scene;
  const kind = recordKind(name);
  if (kind.ofCommit !== undefined) return planOfCommits(name, kind.ofCommit, scene);
  const records: ReadonlyMap<string, Recorded<unknown>> = from[name];
  return {
    // Those that wait are not told of: their commits are.
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
      // A pull tells what the remote lacks, as it does of refs; a push need not say it again.
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

/** What is wrong with a record whose commit is nowhere. */
export function withoutCommit<T>({ noun, ofCommit }: RecordKind<T>, value: T, nobody: string, more = ''): CoralError {
  const what = `${ofCommit?.title(value) ?? noun} names commit ${ofCommit?.commitOf(value) ?? ''}, which ${nobody} has.${more}`;
  return new CoralError('missing', `${what} Restore the commit's file from a copy, or delete the ${noun}.`);
}
