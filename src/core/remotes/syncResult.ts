import { CoralError, type CoralErrorJSON } from '../errors';

export interface SyncResultFields {
  readonly pushedWeights: number;
  readonly pulledWeights: number;
  readonly pushedCommits: number;
  readonly pulledCommits: number;
  readonly pushedDeltas: number;
  readonly pulledDeltas: number;
  /** bytes of the tensors that arrived, uncompressed */
  readonly bytesTransferred: number;
  readonly errors: readonly CoralError[];
  /** what went through, but will not work everywhere, or did not need to go through */
  readonly warnings: readonly string[];
}

export interface SyncResultJSON extends Omit<SyncResultFields, 'errors'> {
  readonly errors: readonly CoralErrorJSON[];
  readonly success: boolean;
}

/** What a push, a pull or both did. */
export class SyncResult implements SyncResultFields {
  readonly pushedWeights: number;
  readonly pulledWeights: number;
  readonly pushedCommits: number;
  readonly pulledCommits: number;
  readonly pushedDeltas: number;
  readonly pulledDeltas: number;
  readonly bytesTransferred: number;
  readonly errors: readonly CoralError[];
  readonly warnings: readonly string[];

  constructor(fields: Partial<SyncResultFields> = {}) {
    this.pushedWeights = fields.pushedWeights ?? 0;
    this.pulledWeights = fields.pulledWeights ?? 0;
    this.pushedCommits = fields.pushedCommits ?? 0;
    this.pulledCommits = fields.pulledCommits ?? 0;
    this.pushedDeltas = fields.pushedDeltas ?? 0;
    this.pulledDeltas = fields.pulledDeltas ?? 0;
    this.bytesTransferred = fields.bytesTransferred ?? 0;
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
      pushedWeights: this.pushedWeights + other.pushedWeights,
      pulledWeights: this.pulledWeights + other.pulledWeights,
      pushedCommits: this.pushedCommits + other.pushedCommits,
      pulledCommits: this.pulledCommits + other.pulledCommits,
      pushedDeltas: this.pushedDeltas + other.pushedDeltas,
      pulledDeltas: this.pulledDeltas + other.pulledDeltas,
      bytesTransferred: this.bytesTransferred + other.bytesTransferred,
      errors: [...this.errors, ...other.errors],
      warnings: [...new Set([...this.warnings, ...other.warnings])],
    });
  }

  toJSON(): SyncResultJSON {
    const { pushedWeights, pulledWeights, pushedCommits, pulledCommits, pushedDeltas, pulledDeltas, bytesTransferred, errors, warnings, success } = this;
    return {
      pushedWeights, pulledWeights, pushedCommits, pulledCommits, pushedDeltas, pulledDeltas, bytesTransferred,
      errors: errors.map((error) => error.toJSON()), warnings, success,
    };
  }

  static fromJSON(json: SyncResultJSON): SyncResult {
    return new SyncResult({ ...json, errors: json.errors.map((error) => CoralError.fromJSON(error)) });
  }
}
