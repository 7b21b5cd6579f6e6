import { CoralError, type CoralErrorJSON } from '../base/errors';
import { recordKindNames } from '../history/recordKinds';
import { capitalized } from '../../text/format';

/** Everything that is counted in both directions. A branch counts where it moved; on a pull also where its tracking ref did. */
const counted = (['weights', 'deltas', ...recordKindNames, 'branches'] as const).map((kind) => capitalized(kind));
type Counted = typeof counted[number];

/** How many of each kind moved. */
export interface SyncCounts extends Readonly<Record<`${'pushed' | 'pulled'}${Counted}`, number>> {
  /** names of weights that lay on the remote without one */
  readonly pushedNames: number;
  /** bytes of the tensors that arrived, uncompressed */
  readonly bytesTransferred: number;
}

interface SyncResultFields extends SyncCounts {
  readonly errors: readonly CoralError[];
  /** what succeeded but will not work everywhere, or did not need doing */
  readonly warnings: readonly string[];
}

export interface SyncResultJSON extends Omit<SyncResultFields, 'errors'> {
  readonly errors: readonly CoralErrorJSON[];
  readonly success: boolean;
}

const kinds: readonly (keyof SyncCounts)[] = [
  ...counted.flatMap((kind) => [`pushed${kind}`, `pulled${kind}`] as const), 'pushedNames', 'bytesTransferred',
];

const countsOf = (value: (kind: keyof SyncCounts) => number): SyncCounts => (
  Object.fromEntries(kinds.map((kind) => [kind, value(kind)])) as unknown as SyncCounts);

/** Gives its subclasses a property for each count. */
const Counts = class {
  constructor(counts: SyncCounts) {
    Object.assign(this, counts);
  }
} as new (counts: SyncCounts) => SyncCounts;

/** What a push, a pull or both did. Every count is a property. */
export class SyncResult extends Counts implements SyncResultFields {
  readonly errors: readonly CoralError[];
  readonly warnings: readonly string[];

  constructor(fields: Partial<SyncResultFields> = {}) {
    super(countsOf((kind) => fields[kind] ?? 0));
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
