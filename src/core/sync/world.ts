import type { Chosen, HistoryOptions } from './choice';
import type { Inventory } from './inventory';
import type { Look } from './look';

export type Way = 'push' | 'pull';

/** Both sides at a point of a plan, or of its run: what a look saw, and what has arrived since. */
export type World = Pick<Look, 'remote' | 'here' | 'there' | 'tracking' | 'head' | 'unread' | 'refsProblem'>;

/** One way of a plan. */
export interface Scene {
  readonly way: Way;
  readonly world: World;
  readonly from: Inventory;
  /** with all that is to arrive before */
  readonly to: Inventory;
  readonly chosen: Chosen;
  readonly options: HistoryOptions;
}

export interface BranchMove {
  readonly name: string;
  /** undefined for one that is to be made */
  readonly from: string | undefined;
  readonly to: string;
}

/** The side that a way comes from, and the one it goes to. */
export function ends<T>({ here, there }: { readonly here: T; readonly there: T }, way: Way): readonly [from: T, to: T] {
  return way === 'push' ? [here, there] : [there, here];
}

/** What may arrive, by id. */
export interface Arrivals {
  readonly weights?: Iterable<string>;
  readonly deltas?: Iterable<string>;
  readonly commits?: Iterable<string>;
  readonly versions?: Iterable<string>;
  readonly refs?: readonly BranchMove[];
  readonly tracking?: Readonly<Record<string, string>>;
}

export function afterArrival(world: World, way: Way, { refs = [], tracking = {}, ...items }: Arrivals): World {
  const [from, to] = ends(world, way);
  const arrived = { ...withItems(to, from, items), refs: { ...to.refs, ...Object.fromEntries(refs.map((move) => [move.name, move.to])) } };
  return { ...world, [way === 'push' ? 'there' : 'here']: arrived, tracking: { ...world.tracking, ...tracking } };
}

/** An inventory with these items of another one. */
export function withItems(to: Inventory, from: Inventory, { weights = [], deltas = [], commits = [], versions = [] }: Arrivals): Inventory {
  return {
    ...to, weights: added(to.weights, from.weights, weights), deltas: added(to.deltas, from.deltas, deltas),
    commits: added(to.commits, from.commits, commits), versions: added(to.versions, from.versions, versions),
  };
}

function added<T>(to: ReadonlyMap<string, T>, from: ReadonlyMap<string, T>, ids: Iterable<string>): ReadonlyMap<string, T> {
  const all = new Map(to);
  for (const id of ids) if (from.has(id)) all.set(id, from.get(id) as T);
  return all;
}
