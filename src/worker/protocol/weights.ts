import type { RemoteRequest } from './status';

/** In the order in which they are shown. */
export const weightGroups = ['ahead', 'behind', 'synced'] as const;
export type WeightGroup = (typeof weightGroups)[number];

/** Names, below the modules that their dots make; or all weights in one list, by hash, each once whatever its names. */
export type WeightLayout = 'modules' | 'flat';

/** A commit, and what people know it by. */
export interface CommitLabel {
  readonly hash: string;
  /** "main~2"; undefined where no ref leads to it */
  readonly ref?: string | undefined;
  /** first line of its message */
  readonly title: string;
  /** false for one that only the remote has */
  readonly isHere: boolean;
}

/** A name and the weight that it stands for; in a flat list a weight and the best of its names. */
export interface WeightRow {
  readonly hash: string;
  /** as commits or staging give it, or the store where they give none; undefined when none is known */
  readonly name?: string | undefined;
  /** how many other names the weight has */
  readonly otherNames: number;
  /** it is staged, or what the name stands for in the current commit */
  readonly isCurrent: boolean;
  /** nothing but staging gives it the name */
  readonly isStagedOnly?: boolean | undefined;
  /** the nearest commit that gives it the name */
  readonly commit?: CommitLabel | undefined;
  readonly shape?: readonly number[] | undefined;
  readonly dtype?: string | undefined;
  /** bytes, uncompressed */
  readonly byteLength?: number | undefined;
  /** A: only here, R: only on the remote, M: its name has another hash there */
  readonly mark?: 'A' | 'R' | 'M' | undefined;
  /** whether a delta was committed or staged under this name that is based on this weight, or stands beside it */
  readonly isDelta?: boolean | undefined;
  /** why its metadata could not be read */
  readonly problem?: string | undefined;
  /** whether that is because it is damaged */
  readonly isDamaged?: boolean | undefined;
}

export interface WeightTotal {
  /** each counts once, whatever its names: this many move */
  readonly weights: number;
  /** different names; a weight without one counts as one. Undefined while that is not known. */
  readonly names?: number | undefined;
  /** of the weights, uncompressed; undefined while that is not known of all */
  readonly bytes?: number | undefined;
}

export interface ModuleRow extends WeightTotal {
  /** "encoder.layers.11" */
  readonly path: string;
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

/** Some of the rows right below a group or module, modules before names. A module of one name is shown as that name. */
export interface WeightPage {
  readonly modules: readonly ModuleRow[];
  readonly rows: readonly WeightRow[];
  /** rows of both kinds */
  readonly total: number;
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
  /** the nearest commit that gives it the name, where the current one does not */
  readonly commit?: CommitLabel | undefined;
}

/** One of the names of a weight. */
export interface NameOfWeight {
  readonly hash: string;
  readonly name?: string | undefined;
}

export interface LocateWeightRequest extends WeightSet, NameOfWeight {
  readonly layout: WeightLayout;
}

export interface NameFacts {
  /** those that give the weight this name, newest first: the first few, and how many there are */
  readonly commits: readonly CommitLabel[];
  readonly commitCount: number;
  /** the same of what else it is called */
  readonly otherNames: readonly string[];
  readonly otherNameCount: number;
}
