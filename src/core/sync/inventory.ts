import { CoralError } from '../errors';
import { mapConcurrently } from '../base/mapConcurrently';
import { together } from '../base/together';
import { type HistoryStore, recordKindNames, recordKinds, type RecordKindName, type RecordValues } from '../history/recordKinds';
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

/** All that one side holds, as far as can be told without reading the arrays. What is damaged counts as absent. */
export interface Inventory extends Records {
  /** bytes of each as it is stored, where the listing says so */
  readonly weights: ReadonlyMap<string, number | undefined>;
  /** weights whose name lies apart from them, and is not there */
  readonly nameless: ReadonlySet<string>;
  readonly deltas: ReadonlyMap<string, DeltaMetadata>;
  /** branches with their commits; "" for one before its first commit */
  readonly refs: Refs;
  readonly damaged: readonly Damaged[];
}

/** Something that is there under its name, and is not what it should be. */
export interface Damaged {
  readonly kind: 'deltas' | RecordKindName;
  readonly id: string;
  readonly error: CoralError;
}

/** What is damaged on one side, and not sound on the other. */
export function damagedWithoutCopy({ damaged }: Inventory, other: Inventory): CoralError[] {
  return damaged.filter(({ kind, id }) => !other[kind].has(id)).map(({ error }) => error);
}

export const noInventory: Inventory = {
  weights: new Map(), nameless: new Set(), deltas: new Map(), refs: {}, damaged: [],
  ...Object.fromEntries(recordKindNames.map((kind) => [kind, new Map()])) as unknown as Records,
};

export interface InventoryOptions {
  readonly refs: (signal: AbortSignal) => Promise<Refs>;
  /** the other side's: what a listing proves to be the same there is not read again */
  readonly other?: Promise<Inventory> | undefined;
  /** nothing of the history */
  readonly weightsOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const concurrency = 64;

/** Lists each kind of thing once, and reads of it what is not known yet. Changes nothing. */
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
  // They were met in any order, and two looks at the same are to be equal.
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

/** undefined for what is damaged; other failures end it all. */
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
