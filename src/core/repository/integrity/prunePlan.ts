import type { Survey, SurveyedItem } from '../../storage/survey';
import { isNeeded, type Needed } from './needed';

/** Something that would go. */
export interface PruneItem {
  readonly kind: 'weight' | 'delta';
  readonly hash: string;
  readonly name?: string | undefined;
  /** as stored, or where the store cannot tell that, of the tensor */
  readonly bytes?: number | undefined;
  /** milliseconds since 1970: it was not written after this */
  readonly modified?: number | undefined;
}

/** The dry list. Plain data. */
export interface PrunePlan {
  readonly root: string;
  /** undefined for the repository itself */
  readonly remote?: string | undefined;
  /** path or URL */
  readonly location: string;
  /** the real path of a store that others may use as well, by a link: what they need is not known here */
  readonly sharedStore?: string | undefined;
  /** the largest first */
  readonly drop: readonly PruneItem[];
  /** bytes of what would go, as far as known */
  readonly bytes: number;
  /** how many weights and deltas stay because something names them */
  readonly kept: number;
  /** how many more nothing names, which were written too lately to go */
  readonly spared: number;
  /** stands for what was there when the list was made: it must be the same when the list is carried out */
  readonly state: string;
}

/** Days for which a remote keeps what nothing names: someone may be about to push the commit that does. */
export const graceDays = 14;
export const graceMs = graceDays * 24 * 60 * 60 * 1000;

export interface Split {
  readonly drop: readonly SurveyedItem[];
  readonly kept: number;
  readonly spared: number;
}

/** What of a store may go. What is younger than `oldest`, or of unknown age, is spared; without `oldest` age does not matter. */
export function splitItems({ items }: Pick<Survey, 'items'>, needed: Needed, oldest?: number): Split {
  const unneeded = items.filter((item) => !isNeeded(needed, item));
  const drop = unneeded.filter(({ modified }) => oldest === undefined || (modified !== undefined && modified <= oldest));
  return { drop, kept: items.length - unneeded.length, spared: unneeded.length - drop.length };
}

export function byBytes(items: readonly PruneItem[]): PruneItem[] {
  return [...items].sort((one, other) => (other.bytes ?? 0) - (one.bytes ?? 0) || (one.hash < other.hash ? -1 : 1));
}

export const totalBytes = (items: readonly PruneItem[]): number => items.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
