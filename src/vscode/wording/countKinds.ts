import type { ComparedKind } from '../../core/sync/compareSides';
import { formatCount } from '../../text/format';

const nouns: Readonly<Record<ComparedKind, readonly [one: string, many: string]>> = {
  weights: ['weight', 'weights'], commits: ['commit', 'commits'], versions: ['tag', 'tags'],
  states: ['training state', 'training states'], checkpoints: ['checkpoint list', 'checkpoint lists'], deltas: ['delta', 'deltas'],
  names: ['name', 'names'], branches: ['branch', 'branches'],
};

/** "3 weights", "1 training state"; nothing for none. In the order above. */
export function countKinds(countOf: (kind: ComparedKind) => number | undefined): string[] {
  return (Object.keys(nouns) as ComparedKind[]).flatMap((kind) => {
    const count = countOf(kind) ?? 0;
    return count > 0 ? [`${formatCount(count)} ${nouns[kind][count === 1 ? 0 : 1]}`] : [];
  });
}
