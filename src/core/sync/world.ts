import { ofEachKind, recordKind } from '../history/recordKinds';
import { arrivedRecord } from './arrivedRecord';
import type { Chosen, HistoryOptions } from './choice';
import type { Inventory, Records } from './inventory';
import type { Look } from './look';
import type { Recorded } from './rememberedRecords';
import type { TravellerName } from './travellers';

export type Way = 'push' | 'pull';

/** Both sides at one point of a plan or run: what a look saw, plus what has arrived since. */
export type World = Pick<Look, 'remote' | 'here' | 'there' | 'tracking' | 'head' | 'unread' | 'refsProblem'>;

/** One way of a plan. */
export interface Scene {
  readonly way: Way;
  readonly world: World;
  readonly from: Inventory;
  /** including everything that arrives before */
  readonly to: Inventory;
  readonly chosen: Chosen;
  readonly options: HistoryOptions;
}

export interface BranchMove {
  readonly name: string;
  /** undefined for a new branch */
  readonly from: string | undefined;
  readonly to: string;
}

/** The source and the destination of a way. */
export function ends<T>({ here, there }: { readonly here: T; readonly there: T }, way: Way): readonly [from: T, to: T] {
  return way === 'push' ? [here, there] : [there, here];
}

/** What may arrive, by id. */
export interface Arrivals extends Readonly<Partial<Record<'weights' | TravellerName, Iterable<string>>>> {
  readonly refs?: readonly BranchMove[];
  readonly tracking?: Readonly<Record<string, string>>;
}

export function afterArrival(world: World, way: Way, { refs = [], tracking = {}, ...items }: Arrivals): World {
  const [from, to] = ends(world, way);
  const arrived = { ...withItems(to, from, items), refs: { ...to.refs, ...Object.fromEntries(refs.map((move) => [move.name, move.to])) } };
  return { ...world, [way === 'push' ? 'there' : 'here']: arrived, tracking: { ...world.tracking, ...tracking } };
}

/** A copy of an inventory, with these items of another one added. */
export function withItems(to: Inventory, from: Inventory, { weights, deltas, ...records }: Arrivals): Inventory {
  const arrived = ofEachKind((name) => added<Recorded<unknown>>(to[name], from[name], records[name], (id, record, there) => (
    arrivedRecord(recordKind(name), id, record, there))));
  return {
    ...to, weights: added(to.weights, from.weights, weights), deltas: added(to.deltas, from.deltas, deltas),
    ...arrived as Records,
  };
}

function added<T>(
  to: ReadonlyMap<string, T>, from: ReadonlyMap<string, T>, ids: Iterable<string> | undefined,
  arrive: (id: string, item: T, there: T | undefined) => T = (_, item) => item,
): ReadonlyMap<string, T> {
  if (ids === undefined) return to;
  const all = new Map(to);
  for (const id of ids) if (from.has(id)) all.set(id, arrive(id, from.get(id) as T, to.get(id)));
  return all;
}

/** The receiving side, for people. */
export function toName({ way, world: { remote } }: Scene): string {
  return way === 'push' ? remote : 'this repository';
}

export function done(way: Way): string {
  return way === 'push' ? 'pushed' : 'pulled';
}
