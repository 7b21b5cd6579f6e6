import type { RemoteRequest } from './status';

/** In the order in which they are shown. */
export const weightGroups = ['ahead', 'behind', 'synced'] as const;
export type WeightGroup = (typeof weightGroups)[number];

/** Below the modules that dots in names make, by name; or all in one list, by hash. */
export type WeightLayout = 'modules' | 'flat';

export interface WeightRow {
  readonly hash: string;
  /** names that commits, staging or the store give it, the best one first; empty when none is known */
  readonly names: readonly string[];
  readonly shape?: readonly number[] | undefined;
  readonly dtype?: string | undefined;
  /** bytes, uncompressed */
  readonly byteLength?: number | undefined;
  /** A: only here, R: only on the remote, M: its name has another hash there */
  readonly mark?: 'A' | 'R' | 'M' | undefined;
  /** those of its names under which a delta was committed or staged that is based on this weight, or stands beside it */
  readonly deltaNames?: readonly string[] | undefined;
  /** why its metadata could not be read */
  readonly problem?: string | undefined;
  /** whether that is because it is damaged */
  readonly isDamaged?: boolean | undefined;
}

export interface ModuleRow {
  /** "encoder.layers.11" */
  readonly path: string;
  /** how many weights lie below it */
  readonly weights: number;
  /** of these weights, uncompressed; undefined while that is not known of all */
  readonly bytes?: number | undefined;
}

/** Weights of a group: all, those below a module, those that a filter lets through. */
export interface WeightSet extends RemoteRequest {
  readonly group: WeightGroup;
  readonly module?: string | undefined;
  /** part of a name, the beginning of a hash, or a whole one of either with `*` and `?` in it */
  readonly filter?: string | undefined;
}

export interface WeightsRequest extends WeightSet {
  readonly layout: WeightLayout;
  readonly offset: number;
  readonly limit: number;
}

/** Some of the rows right below a group or module, modules before weights. A module of one weight is shown as that weight. */
export interface WeightPage {
  readonly modules: readonly ModuleRow[];
  readonly rows: readonly WeightRow[];
  /** rows of both kinds */
  readonly total: number;
}

export interface WeightTotal {
  readonly weights: number;
  /** uncompressed; undefined while that is not known of all */
  readonly bytes?: number | undefined;
}

export interface FindWeightsRequest extends RemoteRequest {
  /** words that a name must contain, or the beginning of a hash */
  readonly text: string;
  readonly filter?: string | undefined;
  readonly limit: number;
}

export interface FoundWeight {
  readonly hash: string;
  /** undefined when none is known */
  readonly name?: string | undefined;
  readonly group: WeightGroup;
}

export interface LocateWeightRequest extends WeightSet {
  readonly layout: WeightLayout;
  readonly hash: string;
}

/** All of them use the lists of the last `status`, asking the remote only when there are none. */
export interface WeightsApi {
  weights(request: WeightsRequest): Promise<WeightPage>;
  weightTotals(request: Omit<WeightSet, 'group' | 'module'>): Promise<Readonly<Record<WeightGroup, WeightTotal>>>;
  /** Reads the sizes that are not known yet, but none from a bucket: each would be a request. */
  measureWeights(request: WeightSet): Promise<WeightTotal>;
  weightHashes(request: WeightSet): Promise<readonly string[]>;
  /** The best matches first. */
  findWeights(request: FindWeightsRequest): Promise<readonly FoundWeight[]>;
  /** Where its row is: the place among the rows of the group, then of the module there, and so on; undefined when it has none. */
  locateWeight(request: LocateWeightRequest): Promise<readonly number[] | undefined>;
}
