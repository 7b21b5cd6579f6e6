import { type FoundWeight, type WeightGroup, weightGroups } from '../protocol/weights';
import type { StatusLists } from './statusLists';
import type { NamedRow } from './moduleLevel';
import { naturally } from './naturally';

interface Match {
  readonly group: WeightGroup;
  readonly row: NamedRow;
  readonly rank: number;
}

/** Names that contain all words of the text, and all names of a weight whose hash begins with it: at most `limit`, the best first. */
export function searchWeights(comparison: StatusLists, text: string, limit: number, filter?: string): FoundWeight[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const matches: Match[] = [];
  for (const group of weightGroups) {
    for (const row of comparison.modules(group, filter).names) {
      const rank = rankOf(row, words);
      if (rank !== undefined) matches.push({ group, row, rank });
    }
  }
  return best(matches, limit).map(({ row, group }) => {
    const commit = comparison.olderCommit(row);
    return { hash: row.hash, name: row.name, group, ...(commit && { commit }) };
  });
}

/** The whole name, then where it begins with the text, then where one of its parts does; undefined for what does not match. */
function rankOf({ name, hash }: NamedRow, words: readonly string[]): number | undefined {
  const [first = ''] = words;
  const lower = name?.toLowerCase();
  if (lower === undefined || !words.every((word) => lower.includes(word))) {
    return words.length === 1 && hash.startsWith(first) ? 0 : undefined;
  }
  if (lower === first) return 0;
  if (lower.startsWith(first)) return 1;
  return lower.includes(`.${first}`) ? 2 : 3;
}

/** Only what is shown is sorted: a short text matches everything. */
function best(matches: readonly Match[], limit: number): Match[] {
  const chosen: Match[] = [];
  for (let rank = 0; rank <= 3 && chosen.length < limit; rank += 1) {
    const equals = matches.filter((match) => match.rank === rank).slice(0, maxSorted);
    const tieOf = ({ row, group }: Match): string => `${row.isCurrent ? 0 : 1}${weightGroups.indexOf(group)}${row.hash}`;
    chosen.push(...naturally(equals, ({ row }) => row.name, tieOf).slice(0, limit - chosen.length));
  }
  return chosen;
}

const maxSorted = 10_000;
