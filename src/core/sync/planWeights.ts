/** Which weights are sent one way. All lists are sorted. */
export interface WeightsPlan {
  /** to be sent */
  readonly send: readonly string[];
  /** asked for, and on the other side already */
  readonly present: readonly string[];
  /** selected, but the side they should come from does not have them */
  readonly blocked: readonly string[];
}

export interface Selection {
  /** Only these; everything the source holds when absent. An empty list means nothing. */
  readonly weightHashes?: Iterable<string> | undefined;
  /** Send what is there already as well. */
  readonly force?: boolean | undefined;
}

/** Hashes, as a set or as the keys of a map. */
interface Hashes {
  has(hash: string): boolean;
  keys(): Iterable<string>;
}

/** Which weights are sent from one side to the other: a set difference, narrowed by the selection. */
export function planWeights(source: Hashes, destination: Hashes, { weightHashes, force = false }: Selection = {}): WeightsPlan {
  const wanted = [...new Set(weightHashes ?? source.keys())].sort();
  const isThere = (hash: string): boolean => !force && destination.has(hash);
  return {
    send: wanted.filter((hash) => source.has(hash) && !isThere(hash)),
    present: wanted.filter(isThere),
    blocked: wanted.filter((hash) => !source.has(hash) && !isThere(hash)),
  };
}
