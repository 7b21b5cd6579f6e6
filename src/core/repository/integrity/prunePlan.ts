import type { Survey, SurveyedItem } from '../../storage/survey';
import { isNeeded, type Needed } from './needed';

/** An item that would be deleted. */
export interface PruneItem {
  readonly kind: 'weight' | 'delta';
  readonly hash: string;
  readonly name?: string | undefined;
  /** stored size, or the tensor's where the store does not know it */
  readonly bytes?: number | undefined;
  /** milliseconds since 1970: not written after this */
  readonly modified?: number | undefined;
}

/** What a prune would delete. Plain data. */
export interface PrunePlan {
  readonly root: string;
  /** undefined for the repository itself */
  readonly remote?: string | undefined;
  /** path or URL */
  readonly location: string;
  /** the real path of a linked store that others may use as well: their needs are unknown here */
  readonly sharedStore?: string | undefined;
  /** the largest first */
  readonly drop: readonly PruneItem[];
  /** bytes that would be freed, as far as known */
  readonly bytes: number;
  /** how many weights and deltas stay because something names them */
  readonly kept: number;
  /** how many unneeded ones stay because they were written too recently */
  readonly spared: number;
  /** identifies the state from which the plan was made: it must be unchanged when the plan is run */
  readonly state: string;
}

/** Days for which a remote keeps unneeded items: somebody may be about to push the commit that names them. */
export const graceDays = 14;
export const graceMs = graceDays * 24 * 60 * 60 * 1000;

interface Split {
  readonly drop: readonly SurveyedItem[];
  readonly kept: number;
  readonly spared: number;
}

/**
 * Splits the items of a store into those to delete and those to keep. Items younger than `oldest`, or of unknown age, are spared;
 * without `oldest` age does not matter.
 */
export function splitItems({ items }: Pick<Survey, 'items'>, needed: Needed, oldest?: number): Split {
  const unneeded = items.filter((item) => !isNeeded(needed, item));
  const drop = unneeded.filter(({ modified }) => oldest === undefined || (modified !== undefined && modified <= oldest));
  return { drop, kept: items.length - unneeded.length, spared: unneeded.length - drop.length };
}

export function byBytes(items: readonly PruneItem[]): PruneItem[] {
  return [...items].sort((one, other) => (other.bytes ?? 0) - (one.bytes ?? 0) || (one.hash < other.hash ? -1 : 1));
}

export const totalBytes = (items: readonly PruneItem[]): number => items.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
