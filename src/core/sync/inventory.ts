import { CoralError } from '../base/errors';
import { mapConcurrently } from '../base/mapConcurrently';
import { together } from '../base/together';
import { type HistoryStore, ofEachKind, recordKindNames, recordKinds, type RecordKindName, type RecordValues } from '../history/recordKinds';
import type { Refs } from '../remotes/refs';
import type { DeltaStore } from '../storage/deltaStore';
import type { WeightStore } from '../storage/weightStore';
import type { DeltaMetadata } from '../weights/delta';
import { type Recorded, remembered } from './rememberedRecords';

/** What weights and history of one side are read from and written to: a repository here, or a remote. */
export interface Side {
  readonly store: WeightStore & DeltaStore;
  readonly history: HistoryStore;
}

/** Each kind of record by id, with what it says. */
export type Records = { readonly [Name in RecordKindName]: ReadonlyMap<string, Recorded<RecordValues[Name]>> };

/** Everything that one side holds, without its arrays. What is damaged counts as absent. */
export interface Inventory extends Records {
  /** bytes of each as it is stored, where the listing says so */
  readonly weights: ReadonlyMap<string, number | undefined>;
  /** weights whose metadata object is missing */
  readonly nameless: ReadonlySet<string>;
  readonly deltas: ReadonlyMap<string, DeltaMetadata>;
  /** branches with their commits; "" for one before its first commit */
  readonly refs: Refs;
  readonly damaged: readonly Damaged[];
}

/** An item that exists under its name but is not what it should be. */
export interface Damaged {
  readonly kind: 'deltas' | RecordKindName;
  readonly id: string;
  readonly error: CoralError;
}

/** Damaged items of which the other side has no sound copy. */
export function damagedWithoutCopy({ damaged }: Inventory, other: Inventory): CoralError[] {
  return damaged.filter(({ kind, id }) => !other[kind].has(id)).map(({ error }) => error);
}

const noInventory: Inventory = {
  weights: new Map(), nameless: new Set(), deltas: new Map(), refs: {}, damaged: [],
  ...ofEachKind(() => new Map<string, never>()),
};

interface InventoryOptions {
  readonly refs: (signal: AbortSignal) => Promise<Refs>;
  /** the other side's inventory: what a listing proves to be the same is not read again */
  readonly other?: Promise<Inventory> | undefined;
  /** nothing of the history */
  readonly weightsOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const concurrency = 64;

/** Lists each kind once, and reads what is not known yet. Changes nothing. */
export async function takeInventory({ store, history }: Side, options: InventoryOptions): Promise<Inventory> {
  const { weightsOnly = false, signal } = options;
  const weights = async (stop: AbortSignal | undefined): Promise<Inventory['weights']> => (
    new Map((await store.list(stop)).map((hash) => [hash, store.storedBytes?.(hash)])));
  if (weightsOnly) return { ...noInventory, weights: await weights(signal) };
  const damaged: Damaged[] = [];
  const [listed, named, deltas, refs, ...records] = await together((stop) => [
    weights(stop), Promise.resolve(store.listMetadata?.(stop)), readDeltas(store, damaged, stop), options.refs(stop),
    ...recordKindNames.map(async (kind) => [kind, await readRecords(kind, history, damaged, { ...options, signal: stop })] as const),
  ], signal);
  // Items are read in any order, and two equal looks must compare equal.
  damaged.sort((one, other) => (`${one.kind} ${one.id}` < `${other.kind} ${other.id}` ? -1 : 1));
  const withName = new Set(named);
  const nameless = new Set(named === undefined ? [] : [...listed.keys()].filter((hash) => !withName.has(hash)));
  return { weights: listed, nameless, deltas, ...Object.fromEntries(records) as unknown as Records, refs, damaged };
}

async function readDeltas(store: DeltaStore, damaged: Damaged[], signal: AbortSignal | undefined): Promise<Map<string, DeltaMetadata>> {
  const found = await mapConcurrently(await store.listDeltas(signal), concurrency, (hash) => (
    orDamaged('deltas', hash, () => store.deltaMetadata(hash, signal), damaged)));
  return new Map(found.flatMap((metadata) => (metadata === undefined ? [] : [[metadata.hash, metadata] as const])));
}

async function readRecords<Kind extends RecordKindName>(
  kind: Kind, { [kind]: records }: HistoryStore, damaged: Damaged[], { other, signal }: InventoryOptions,
): Promise<Records[Kind]> {
  const ids = await records.list(signal);
  const known = (await other)?.[kind] as ReadonlyMap<string, Recorded<RecordValues[Kind]>> | undefined;
  const { verify } = recordKinds[kind];
  const found = await mapConcurrently(ids, concurrency, async (id) => {
    const same = known?.get(id);
    if (same !== undefined && records.isKnownToBe(id, same.bytes)) return [id, same] as const;
    const record = await orDamaged(kind, id, () => remembered.read<RecordValues[Kind]>(records, id, verify, signal), damaged);
    return record && [id, record] as const;
  });
  return new Map(found.flatMap((entry) => (entry === undefined ? [] : [entry]))) as Records[Kind];
}

/** undefined for a damaged item; other failures are thrown. */
async function orDamaged<T>(
  kind: Damaged['kind'], id: string, read: () => Promise<T | undefined>, damaged: Damaged[],
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!CoralError.means(error, 'cannot be read')) throw error;
    damaged.push({ kind, id, error });
    return undefined;
  }
}
