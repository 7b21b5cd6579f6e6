/** What to move; everything when all are absent. */
export interface WhatToMove {
  /** Only these weights, and nothing of the history. */
  readonly weightHashes?: Iterable<string> | undefined;
  /** A branch or commit: only it and its ancestors, with the weights they name. */
  readonly upTo?: string | undefined;
  /**
   * Only weights and deltas with a name that matches one of these and none of `exclude`; see `nameFilter`. Does not apply to
   * `weightHashes`.
   */
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** Only weights of at most so many bytes, uncompressed. */
  readonly maxBytes?: number | undefined;
  /** what users know `include` and `exclude` as, for the warning about what they left out */
  readonly filterCalled?: string | undefined;
}

export interface HistoryOptions {
  /** Send what is there already as well; replace versions that differ and branches that diverged. */
  readonly force?: boolean | undefined;
  /** whether a pull fast-forwards local branches, which is the default; a fetch does not */
  readonly moveBranches?: boolean | undefined;
}

/** The part of a history that was asked for. */
export interface Chosen {
  /** undefined: all */
  readonly commits?: ReadonlySet<string> | undefined;
  /** the target commits of the remote's branches; those of the local branches when absent */
  readonly branches?: Readonly<Record<string, string>> | undefined;
  /** weights and deltas that are excluded */
  readonly leftOut?: ReadonlySet<string> | undefined;
}

/** The options applied to both sides, for push and pull alike. */
export interface Choice extends HistoryOptions {
  /** undefined: all */
  readonly weightHashes?: ReadonlySet<string> | undefined;
  /** undefined: nothing of the history */
  readonly history?: Chosen | undefined;
  /** one sentence on how many weights the options left out */
  readonly warnings: readonly string[];
}
