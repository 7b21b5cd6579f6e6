import { CoralError } from '../base/errors';
import type { WeightStore } from '../storage/weightStore';
import { byteLengthOf, isDType } from '../weights/dtype';
import { storedName } from '../weights/storedName';
import type { WeightsPlan } from './planWeights';

export interface PlannedWeight {
  readonly hash: string;
  /** undefined when nobody knows one */
  readonly name?: string | undefined;
  readonly dtype?: string | undefined;
  readonly shape?: readonly number[] | undefined;
  /** of the tensor, uncompressed */
  readonly bytes?: number | undefined;
}

/** A weight that will not be transferred, and why. */
export interface BlockedWeight {
  readonly hash: string;
  readonly name?: string | undefined;
  readonly why: string;
}

/** One way of a transfer, as it would be if it began now. */
export interface MovePreview {
  /** how many weights would move, and bytes of their tensors, uncompressed */
  readonly weights: number;
  readonly bytes: number;
  /** Not every weight was read, which would take long: the others count with their stored size, or with the average. */
  readonly isEstimate: boolean;
  /** the first of them, by name */
  readonly first: readonly PlannedWeight[];
  /** weights without dimensions among those that were read, by name or hash */
  readonly scalars: readonly string[];
  readonly blocked: readonly BlockedWeight[];
  /** how many were asked for and are on the other side already */
  readonly present: number;
}

/** How many weights a preview names. */
export const maxNamed = 1_000;
/** How many it reads where that takes no requests: about a second. */
export const maxRead = 10_000;

/**
 * A plan with names and sizes, from commits and from the metadata in the store: of the first thousand weights where reading takes
 * a request each, else of ten thousand, spread evenly beyond the first thousand.
 */
export async function describeWeights(
  plan: WeightsPlan, from: WeightStore, names: ReadonlyMap<string, readonly string[]>, absent: (hash: string) => CoralError,
  signal?: AbortSignal,
): Promise<MovePreview> {
  const sorted = byName(plan.send.map((hash) => ({ hash, name: names.get(hash)?.[0] })));
  const more = from.storedBytes === undefined ? maxRead - maxNamed : 0;
  const looked = [...sorted.slice(0, maxNamed), ...spread(sorted.slice(maxNamed), more)];
  const described = await Promise.all(looked.map(({ hash, name }) => describe(from, hash, name, signal)));
  const movable = described.flatMap((weight) => ('why' in weight ? [] : [weight]));
  const known = sum(movable.map(({ bytes = 0 }) => bytes));
  const seen = new Set(looked.map(({ hash }) => hash));
  const average = Math.round(known / Math.max(1, movable.length));
  const rest = plan.send.filter((hash) => !seen.has(hash)).map((hash) => from.storedBytes?.(hash) ?? average);
  return {
    weights: movable.length + rest.length,
    bytes: known + sum(rest),
    isEstimate: rest.length > 0,
    first: byName(movable).slice(0, maxNamed),
    scalars: movable.flatMap(({ shape, name, hash }) => (shape?.length === 0 ? [name ?? hash] : [])),
    blocked: [
      ...plan.blocked.map((hash) => ({ hash, name: names.get(hash)?.[0], why: absent(hash).message })),
      ...described.flatMap((weight) => ('why' in weight ? [weight] : [])),
    ],
    present: plan.present.length,
  };
}

/** What the store says of a weight, or why it cannot be read. */
async function describe(
  from: WeightStore, hash: string, named: string | undefined, signal?: AbortSignal,
): Promise<PlannedWeight | BlockedWeight> {
  try {
    const metadata = await from.metadata(hash, signal);
    if (metadata === undefined) return { hash, name: named };
    const { dtype, shape } = metadata;
    return { hash, name: named ?? storedName(metadata), dtype, shape, bytes: isDType(dtype) ? byteLengthOf(shape, dtype) : undefined };
  } catch (error) {
    if (!CoralError.means(error, 'cannot be read')) throw error;
    return { hash, name: named, why: error.message };
  }
}

/** "layers.2" before "layers.10" */
const collator = new Intl.Collator('en', { numeric: true });

/** Those without a name last, by hash. */
function byName<T extends { readonly hash: string; readonly name?: string | undefined }>(weights: readonly T[]): T[] {
  return [...weights].sort((one, other) => Number(one.name === undefined) - Number(other.name === undefined)
    || collator.compare(one.name ?? '', other.name ?? '') || (one.hash < other.hash ? -1 : 1));
}

/** At most `count` of the items, evenly from all of them. */
function spread<T>(items: readonly T[], count: number): readonly T[] {
  const before = (index: number): number => Math.floor((index * count) / items.length);
  return items.length <= count ? items : items.filter((_, index) => before(index + 1) > before(index));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
