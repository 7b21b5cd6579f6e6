import { type FoundWeight, weightGroups } from '../protocol/weights';
import type { Comparison } from './comparison';
import { naturally } from './naturalOrder';

interface Match extends FoundWeight {
  readonly rank: number;
}

/** Weights whose hash begins with the text, or one of whose names contains all its words: at most `limit`, the best first. */
export function searchWeights(comparison: Comparison, text: string, limit: number, filter?: string): FoundWeight[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const matches: Match[] = [];
  for (const group of weightGroups) {
    for (const { hash } of comparison.flat(group, filter)) {
      const names = comparison.names(hash);
      const found = bestName(names, words) ?? (words.length === 1 && hash.startsWith(words[0] ?? '') ? { name: names[0], rank: 0 } : undefined);
      if (found) matches.push({ hash, group, ...found });
    }
  }
  return best(matches, limit).map(({ hash, name, group }) => ({ hash, name, group }));
}

function bestName(names: readonly string[], words: readonly string[]): { readonly name: string; readonly rank: number } | undefined {
  for (const name of names) {
    const lower = name.toLowerCase();
    if (words.every((word) => lower.includes(word))) return { name, rank: rankOf(lower, words) };
  }
  return undefined;
}

/** The whole name, then where it begins with the text, then where one of its parts does. */
function rankOf(name: string, [first = '']: readonly string[]): number {
  if (name === first) return 0;
  if (name.startsWith(first)) return 1;
  return name.includes(`.${first}`) ? 2 : 3;
}

/** Only what is shown is sorted: a short text matches everything. */
function best(matches: readonly Match[], limit: number): Match[] {
  const chosen: Match[] = [];
  for (let rank = 0; rank <= 3 && chosen.length < limit; rank += 1) {
    const equals = matches.filter((match) => match.rank === rank).slice(0, largestSort);
    chosen.push(...naturally(equals, ({ name }) => name, ({ hash, group }) => `${weightGroups.indexOf(group)}${hash}`).slice(0, limit - chosen.length));
  }
  return chosen;
}

const largestSort = 10_000;
