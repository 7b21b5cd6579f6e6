/**
 * How often each kind of request was made: "LIST weights", "PUT metadata", "GET refs". Keys lie below the prefix "p/"; all else
 * counts as "other".
 */
export function countRequests(log: Iterable<{ readonly kind: string; readonly key: string; readonly query: URLSearchParams }>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, key, query } of log) {
    const path = kind === 'LIST' ? query.get('prefix') ?? '' : key;
    const folder = /^p\/(weights|metadata|deltas|commits|versions|states|checkpoints)\//.exec(path)?.[1] ?? (path === 'p/refs.json' ? 'refs' : 'other');
    counts[`${kind} ${folder}`] = (counts[`${kind} ${folder}`] ?? 0) + 1;
  }
  return counts;
}

const kinds = ['weights', 'metadata', 'deltas', 'commits', 'versions', 'states', 'checkpoints'] as const;

/** One look at a remote whose commits and deltas are known. */
export const oneLook: Readonly<Record<string, number>> = { ...Object.fromEntries(kinds.map((kind) => [`LIST ${kind}`, 1])), 'GET refs': 1 };

/** Only what is more than nothing, or differs from it: for a message. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).sort().map(([what, count]) => `${count} ${what}`).join(', ');
}
