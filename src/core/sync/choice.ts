/** What to move; everything when all are absent. */
export interface WhatToMove {
  /** Only these weights, and nothing of the history. */
  readonly weightHashes?: Iterable<string> | undefined;
  /** A branch or commit: it and what came before it, with the weights they name. */
  readonly upTo?: string | undefined;
  /** Only weights and deltas of which a name matches one of these and none `exclude`: see `nameFilter`. Nothing to `weightHashes`. */
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** Only weights of at most so many bytes, uncompressed. */
  readonly maxBytes?: number | undefined;
  /** what people know `include` and `exclude` by, for the sentence about what they left out */
  readonly filterCalled?: string | undefined;
}

export interface HistoryOptions {
  /** Send what is there already as well; replace versions that differ, and branches that went on differently. */
  readonly force?: boolean | undefined;
  /** whether a pull moves branches here forward, as it does when absent; a fetch does not */
  readonly moveBranches?: boolean | undefined;
}

/** The part of a history that was asked for. */
export interface Chosen {
  /** undefined: all */
  readonly commits?: ReadonlySet<string> | undefined;
  /** where branches of the remote are to go; as they are here when absent */
  readonly branches?: Readonly<Record<string, string>> | undefined;
  /** weights and deltas that were not to be sent */
  readonly leftOut?: ReadonlySet<string> | undefined;
}

/** What the options come to, for push and pull alike. */
export interface Choice extends HistoryOptions {
  /** undefined: all */
  readonly weightHashes?: ReadonlySet<string> | undefined;
  /** undefined: nothing of the history */
  readonly history?: Chosen | undefined;
  /** how many weights would have moved if they had not been left out, in a sentence */
  readonly warnings: readonly string[];
}
