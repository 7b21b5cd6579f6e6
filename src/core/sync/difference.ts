/** How the two sides differ in one kind of thing. The lists hold hashes, ids or names and are sorted; all empty: in sync. */
export interface Difference {
  /** only here, or newer here: a push moves it */
  readonly ahead: readonly string[];
  /** only on the remote, or newer there: a pull moves it */
  readonly behind: readonly string[];
  /** needed, and on neither side */
  readonly missing: readonly string[];
  /** on both sides, and not the same */
  readonly conflicts: readonly string[];
}

export function difference(
  here: Iterable<string>, there: Iterable<string>,
  { missing = [], conflicts = [] }: Partial<Pick<Difference, 'missing' | 'conflicts'>> = {},
): Difference {
  const [ours, theirs] = [new Set(here), new Set(there)];
  return {
    ahead: [...ours].filter((id) => !theirs.has(id)).sort(), behind: [...theirs].filter((id) => !ours.has(id)).sort(),
    missing: [...new Set(missing)].sort(), conflicts: [...new Set(conflicts)].sort(),
  };
}

/** The ids of items that are on both sides and differ. */
export function inBoth<T>(here: ReadonlyMap<string, T>, there: ReadonlyMap<string, T>, differ: (one: T, other: T) => boolean): string[] {
  return [...here].flatMap(([id, one]) => {
    const other = there.get(id);
    return other !== undefined && differ(one, other) ? [id] : [];
  });
}
