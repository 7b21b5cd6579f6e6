/** What one way of a transfer will do, before it does anything. All lists are sorted. */
export interface Plan {
  /** to be sent */
  readonly send: readonly string[];
  /** asked for, and on the other side already */
  readonly present: readonly string[];
  /** asked for by name, but not held by the side they should come from */
  readonly blocked: readonly string[];
}

export interface Selection {
  /** Only these; everything the source holds when absent. An empty list means nothing. */
  readonly weightHashes?: Iterable<string> | undefined;
  /** Send what is there already as well. */
  readonly force?: boolean | undefined;
}

/** Which weights go from one side to the other: a set difference, narrowed by the selection. */
export function planTransfer(source: Iterable<string>, destination: Iterable<string>, { weightHashes, force = false }: Selection = {}): Plan {
  const held = new Set(source);
  const there = new Set(destination);
  const wanted = [...new Set(weightHashes ?? held)].sort();
  return {
    send: wanted.filter((hash) => held.has(hash) && (force || !there.has(hash))),
    present: wanted.filter((hash) => there.has(hash) && !force),
    blocked: wanted.filter((hash) => !held.has(hash) && (force || !there.has(hash))),
  };
}

export type Way = 'push' | 'pull';

/** Each way of a transfer that it goes, from one look at both sides. */
export type Plans = Readonly<Partial<Record<Way, Plan>>>;

/** What going these ways between two sides will do, from what each of them holds. */
export function planWays(ways: readonly Way[], local: Iterable<string>, remote: Iterable<string>, selection: Selection): Plans {
  const sides = { here: new Set(local), there: new Set(remote) };
  const chosen = { ...selection, weightHashes: selection.weightHashes && [...selection.weightHashes] };
  return {
    ...(ways.includes('push') ? { push: planTransfer(sides.here, sides.there, chosen) } : {}),
    ...(ways.includes('pull') ? { pull: planTransfer(sides.there, sides.here, chosen) } : {}),
  };
}
