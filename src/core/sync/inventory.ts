import { CoralError } from '../errors';
import type { DeltaStore } from '../storage/deltaStore';
import type { WeightStore } from '../storage/weightStore';
import { mapAtOnce } from '../base/mapAtOnce';
import type { DeltaMetadata } from '../weights/delta';
import type { Commit } from '../history/commit';
import { verifiedCommit } from '../history/commitHash';
import type { HistoryStore, RecordStore } from '../history/recordStore';
import { type NamedCommit, verifiedVersion } from '../history/versionFile';

/** One side of an exchange: a repository here, or a remote. */
export interface Side {
  readonly store: WeightStore & DeltaStore;
  readonly history: HistoryStore;
}

/** What was read of a commit or version, and the bytes it was read from. */
export interface Recorded<T> {
  readonly value: T;
  readonly bytes: Uint8Array;
}

/** All that one side holds, as far as can be told without reading the arrays. What is damaged counts as absent. */
export interface Inventory {
  readonly weights: ReadonlySet<string>;
  /** weights whose name lies apart from them, and is not there */
  readonly nameless: ReadonlySet<string>;
  readonly deltas: ReadonlyMap<string, DeltaMetadata>;
  readonly commits: ReadonlyMap<string, Recorded<Commit>>;
  readonly versions: ReadonlyMap<string, Recorded<NamedCommit>>;
  readonly damaged: readonly Damaged[];
}

/** Something that is there under its name, and is not what it should be. */
export interface Damaged {
  readonly kind: 'deltas' | 'commits' | 'versions';
  readonly id: string;
  readonly error: CoralError;
}

/** What is damaged on one side, and not sound on the other. */
export function damagedWithoutCopy({ damaged }: Pick<Inventory, 'damaged'>, other: Pick<Inventory, 'deltas' | 'commits' | 'versions'>): CoralError[] {
  return damaged.filter(({ kind, id }) => !other[kind].has(id)).map(({ error }) => error);
}

const atOnce = 64;

/** Reads only. What is the same as in `known`, the other side's inventory, need not be read again where a listing proves it. */
export async function takeInventory({ store, history }: Side, known?: Inventory, signal?: AbortSignal): Promise<Inventory> {
  const damaged: Damaged[] = [];
  const [weights, named, deltas, commits, versions] = await Promise.all([
    store.list(signal), store.listMetadata?.(signal), readDeltas(store, damaged, signal),
    readRecords('commits', history.commits, verifiedCommit, known?.commits, damaged, signal),
    readRecords('versions', history.versions, verifiedVersion, known?.versions, damaged, signal),
  ]);
  const withName = new Set(named);
  const nameless = named === undefined ? [] : weights.filter((hash) => !withName.has(hash));
  return { weights: new Set(weights), nameless: new Set(nameless), deltas, commits, versions, damaged };
}

async function readDeltas(store: DeltaStore, damaged: Damaged[], signal: AbortSignal | undefined): Promise<Map<string, DeltaMetadata>> {
  const found = await mapAtOnce(await store.listDeltas(signal), atOnce, (hash) => orDamaged('deltas', hash, () => store.deltaMetadata(hash, signal), damaged));
  return new Map(found.flatMap((metadata) => (metadata === undefined ? [] : [[metadata.hash, metadata] as const])));
}

async function readRecords<T>(
  kind: Damaged['kind'], records: RecordStore, verify: (bytes: Uint8Array, path: string) => T, known: ReadonlyMap<string, Recorded<T>> | undefined,
  damaged: Damaged[], signal: AbortSignal | undefined,
): Promise<Map<string, Recorded<T>>> {
  const found = await mapAtOnce(await records.list(signal), atOnce, async (id) => {
    const same = known?.get(id);
    if (same !== undefined && records.isKnownToBe(id, same.bytes)) return [id, same] as const;
    const record = await orDamaged(kind, id, async () => {
      const bytes = await records.read(id, signal);
      return bytes && { bytes, value: verify(bytes, records.pathOf(id)) };
    }, damaged);
    return record && [id, record] as const;
  });
  return new Map(found.flatMap((entry) => (entry === undefined ? [] : [entry])));
}

/** undefined for what is damaged; other failures end it all. */
async function orDamaged<T>(kind: Damaged['kind'], id: string, read: () => Promise<T | undefined>, damaged: Damaged[]): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!CoralError.means(error, 'cannot be read')) throw error;
    damaged.push({ kind, id, error });
    return undefined;
  }
}
