/** A weight or delta by its place in a store. */
export interface SurveyedItem {
  readonly kind: 'weight' | 'delta';
  readonly hash: string;
  /** bytes as stored; undefined where the store cannot tell without reading */
  readonly bytes?: number | undefined;
  /**
   * It was not written after this, in milliseconds since 1970 by the store's own clock. An HDF5 file knows only when it was written to
   * itself.
   */
  readonly modified?: number | undefined;
  /** Something lies under this name, but it lacks what makes it readable: it counts as absent everywhere else. */
  readonly incomplete: boolean;
}

/** Everything in a store, also what `list` leaves out. */
export interface Survey {
  readonly items: readonly SurveyedItem[];
  /** hashes whose metadata object is there; undefined where a weight holds its own */
  readonly metadata: ReadonlySet<string> | undefined;
  /** what Coral knows nothing of: keys or paths, for people; no more than `maxStrange` */
  readonly strange: readonly string[];
}

export const maxStrange = 1000;

/** A store that can be looked over. Changes nothing. */
export interface Surveyed {
  survey(signal?: AbortSignal): Promise<Survey>;
  /**
   * What is wrong with the words that describe a weight (its name, say), as a part of a sentence; undefined when nothing. The weight must
   * be there.
   */
  descriptionProblem(
    hash: string, found: { readonly shape: readonly number[]; readonly dtype: string }, signal?: AbortSignal,
  ): Promise<string | undefined>;
}

export type StoredKey = Pick<SurveyedItem, 'kind' | 'hash'>;

export interface DropOptions {
  /**
   * Asked at the last moment, more than once: rejects when something is needed after all, and then nothing, or nothing more, is removed.
   */
  readonly confirm: () => Promise<void>;
  /** told of each weight or delta that is through with */
  readonly onDone?: ((key: StoredKey) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
