/** A weight of a repository: the one with this hash, or, of a name in a commit, what that stands for, which may be stored as a delta. */
export interface WeightTarget {
  readonly root: string;
  readonly hash: string;
  readonly name?: string | undefined;
  /** hash of a commit */
  readonly commit?: string | undefined;
}

/** A commit in which a name stands for a weight. */
export interface WeightVersion {
  readonly commit: string;
  readonly name: string;
  readonly hash: string;
  /** where it is stored as a delta only, so that `hash` is that of the weight which that is based on */
  readonly deltaHash?: string | undefined;
  readonly message: string;
  readonly author: string;
  /** local time without a zone, as commits have it */
  readonly timestamp: string;
  /** branches that are at this commit */
  readonly branches: readonly string[];
}

/** One that holds another weight, and what it is to the weight in question. */
export interface OtherVersion extends WeightVersion {
  /** what the name stood for one commit before */
  readonly isPrevious: boolean;
  /** remotes' branches, named as the current one, on which the name stands for it: "origin/main" */
  readonly trackedBy: readonly string[];
}

export interface WeightFacts {
  readonly hash: string;
  /** the best first; empty when none is known */
  readonly names: readonly string[];
  /** undefined for a weight that is not here */
  readonly shape?: readonly number[] | undefined;
  readonly dtype?: string | undefined;
  /** bytes, uncompressed */
  readonly byteLength?: number | undefined;
  readonly layerType?: string | undefined;
  readonly modelName?: string | undefined;
  /** whether weights.h5 holds it, or all that it is made of */
  readonly isLocal: boolean;
  /** how weights.h5 keeps its data: "gzip", "not compressed" */
  readonly compression?: string | undefined;
  /** bytes that weights.h5 keeps of it, or of its delta; undefined where the layout of the file is not known */
  readonly storedBytes?: number | undefined;
  /** when it is stored as its difference from another weight: that one's hash, and how it is encoded */
  readonly delta?: { readonly hash: string; readonly referenceHash: string; readonly type: string } | undefined;
  /** commits that hold this weight, newest first */
  readonly commits: readonly WeightVersion[];
  /** other weights that its name stands for, newest first */
  readonly otherVersions: readonly OtherVersion[];
  /** what the last status of each remote says; undefined where none was asked for yet */
  readonly remotes: readonly { readonly name: string; readonly holds: boolean | undefined }[];
}

export interface NamedHash {
  readonly name: string;
  readonly hash: string;
}

export interface DTypeShare {
  readonly dtype: string;
  readonly weights: number;
  /** bytes, uncompressed */
  readonly rawBytes: number;
  /** bytes as stored; undefined where a store cannot tell for each weight */
  readonly storedBytes?: number | undefined;
}

/** What the weights of a remote are. */
export interface RemoteContents {
  readonly weights: number;
  readonly rawBytes: number;
  /** the largest share of bytes first */
  readonly types: readonly DTypeShare[];
  /** weights whose metadata could not be read */
  readonly unreadable: number;
}
