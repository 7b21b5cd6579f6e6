import { basename } from 'node:path';
import type { PruneItem, PrunePlan } from '../../core/repository/integrity/prunePlan';
import { formatBytes, formatCount, formatCountOf, formatCounts, formatList, formatTime } from '../../text/format';
import { subjectName, thingLine } from './integrityText';

/** "Prune of origin of llm-finetune", the title of its tab */
export function pruneTitle(plan: Pick<PrunePlan, 'root' | 'remote'>): string {
  return `Prune of ${subjectName(plan)}`;
}

/** What a person types to agree: the name of what is pruned, and that it is shared. */
export function pruneWord({ root, remote, sharedStore }: Pick<PrunePlan, 'root' | 'remote' | 'sharedStore'>): string {
  return remote ?? `${sharedStore === undefined ? '' : 'shared '}${basename(root)}`;
}

/** Said of a store that other repositories may use; undefined for one that is this repository's alone. */
export function sharedText({ sharedStore }: Pick<PrunePlan, 'sharedStore'>): string | undefined {
  return sharedStore
    && `The store is ${sharedStore}, which other repositories may use as well. Weights that only they use would be deleted too.`;
}

/** "12 weights and 1 delta (48.2 MB)" */
export function countDropped({ drop, bytes }: Pick<PrunePlan, 'drop' | 'bytes'>): string {
  return `${countItems(drop)} (${formatBytes(bytes)})`;
}

/** "12 weights and 1 delta" */
export function countItems(drop: PrunePlan['drop']): string {
  const of = (kind: PruneItem['kind']): number => drop.filter((item) => item.kind === kind).length;
  return formatList(formatCounts([of('weight'), 'weight'], [of('delta'), 'delta']));
}

/** What to say when nothing is to go. */
export function nothingToPrune({ kept, spared, ...subject }: PrunePlan): string {
  const young = spared === 1
    ? '1 unused one is newer than 14 days and is'
    : `${formatCount(spared)} unused ones are newer than 14 days and are`;
  const used = `${formatCountOf(kept, 'weight')} and deltas are in use.`;
  return `Nothing to prune in ${subjectName(subject)}: ${used}${spared > 0 ? ` ${young} kept.` : ''}`;
}

/** The dry list, line by line. */
export function pruneText(plan: PrunePlan, now = Date.now()): string[] {
  const { drop, kept, spared, location, remote } = plan;
  const shared = sharedText(plan);
  return [
    `# ${pruneTitle(plan)}`, '',
    `Would delete ${countDropped(plan)}; nothing has been changed yet.`, '',
    `- Location: ${location}`,
    ...(shared === undefined ? [] : [`- Shared: ${shared}`]),
    `- In use, and kept: ${formatCount(kept)}`,
    ...(remote === undefined ? [] : [`- Unused, but newer than 14 days, and kept: ${formatCount(spared)}`]),
    '- Needed is what commits, branches, versions and staging name, and what deltas are based on.', '',
    '## To be deleted', '',
    ...drop.map((item) => line(item, remote === undefined ? undefined : now)), '',
  ];
}

function line(item: PruneItem, now: number | undefined): string {
  const { bytes, modified } = item;
  const facts = [
    bytes === undefined ? 'size unknown' : formatBytes(bytes),
    ...(now === undefined || modified === undefined ? [] : [`written ${formatTime(modified, now)}`]),
  ];
  return thingLine(item, facts.join(', '));
}
