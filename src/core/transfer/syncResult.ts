import { CoralError, type CoralErrorJSON } from '../errors';

/** How many of each kind moved. */
export interface SyncCounts {
  readonly pushedWeights: number;
  readonly pulledWeights: number;
  readonly pushedCommits: number;
  readonly pulledCommits: number;
  readonly pushedDeltas: number;
  readonly pulledDeltas: number;
  readonly pushedVersions: number;
  readonly pulledVersions: number;
  /** branches that were moved there; and here, or where they were seen there */
  readonly pushedBranches: number;
  readonly pulledBranches: number;
  /** names of weights that lay on the remote without one */
  readonly pushedNames: number;
  /** bytes of the tensors that arrived, uncompressed */
  readonly bytesTransferred: number;
}

export interface SyncResultFields extends SyncCounts {
  readonly errors: readonly CoralError[];
  /** what went through, but will not work everywhere, or did not need to go through */
  readonly warnings: readonly string[];
}

export interface SyncResultJSON extends Omit<SyncResultFields, 'errors'> {
  readonly errors: readonly CoralErrorJSON[];
  readonly success: boolean;
}

const nothing: SyncCounts = {
  pushedWeights: 0, pulledWeights: 0, pushedCommits: 0, pulledCommits: 0, pushedDeltas: 0, pulledDeltas: 0,
  pushedVersions: 0, pulledVersions: 0, pushedBranches: 0, pulledBranches: 0, pushedNames: 0, bytesTransferred: 0,
};
const kinds = Object.keys(nothing) as (keyof SyncCounts)[];

const countsOf = (value: (kind: keyof SyncCounts) => number): SyncCounts => (
  Object.fromEntries(kinds.map((kind) => [kind, value(kind)])) as unknown as SyncCounts);

/** What a push, a pull or both did. All that is counted is there. */
export class SyncResult implements SyncResultFields {
  declare readonly pushedWeights: number;
  declare readonly pulledWeights: number;
  declare readonly pushedCommits: number;
  declare readonly pulledCommits: number;
  declare readonly pushedDeltas: number;
  declare readonly pulledDeltas: number;
  declare readonly pushedVersions: number;
  declare readonly pulledVersions: number;
  declare readonly pushedBranches: number;
  declare readonly pulledBranches: number;
  declare readonly pushedNames: number;
  declare readonly bytesTransferred: number;
  readonly errors: readonly CoralError[];
  readonly warnings: readonly string[];

  constructor(fields: Partial<SyncResultFields> = {}) {
    Object.assign(this, countsOf((kind) => fields[kind] ?? 0));
    this.errors = fields.errors ?? [];
    this.warnings = fields.warnings ?? [];
  }

  /** Nothing went wrong. */
  get success(): boolean {
    return this.errors.length === 0;
  }

  /** Both, as one result. */
  plus(other: SyncResult): SyncResult {
    return new SyncResult({
      ...countsOf((kind) => this[kind] + other[kind]),
      errors: [...this.errors, ...other.errors],
      warnings: [...new Set([...this.warnings, ...other.warnings])],
    });
  }

  toJSON(): SyncResultJSON {
    const { warnings, success } = this;
    return { ...countsOf((kind) => this[kind]), errors: this.errors.map((error) => error.toJSON()), warnings, success };
  }

  static fromJSON(json: SyncResultJSON): SyncResult {
    return new SyncResult({ ...json, errors: json.errors.map((error) => CoralError.fromJSON(error)) });
  }
}
