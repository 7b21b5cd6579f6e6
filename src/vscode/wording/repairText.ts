import type { RepairResult } from '../../core/repository/integrity/repair';
import type { RepairPlan, RepairStep } from '../../core/repository/integrity/repairPlan';
import { formatCountOf, formatList } from '../../text/format';
import { subjectName, thingLine } from './integrityText';

/** "Repair of origin of llm-finetune", the title of its tab */
export function repairTitle(plan: Pick<RepairPlan, 'root' | 'remote'>): string {
  return `Repair of ${subjectName(plan)}`;
}

/** "2 weights and 1 commit" */
export function countSteps(steps: readonly RepairStep[]): string {
  const counts = [...new Set(steps.map(({ kind }) => kind))].map((kind) => (
    formatCountOf(steps.filter((step) => step.kind === kind).length, kind === 'metadata' ? 'metadata file' : kind)));
  return formatList(counts);
}

/** What will be done, for the question before it; a paragraph each. */
export function repairQuestion({ steps, remote, replacesStore, hopeless }: RepairPlan): string[] {
  const sources = [...new Set(steps.map(({ from }) => from ?? 'this repository'))].join(', ');
  const way = remote === undefined ? `fetched from ${sources}` : `pushed to ${remote}, over what is there`;
  return [
    `Good copies of ${countSteps(steps)} are ${way}. Each is compared with its hash first.`,
    ...(replacesStore ? ['weights.h5 can no longer be read; it is moved to .coral/quarantine, and a new one is made.'] : []),
    ...(remote === undefined && !replacesStore ? ['What is damaged here is kept in .coral/quarantine.'] : []),
    ...(hopeless.length > 0 ? [`${formatCountOf(hopeless.length, 'finding')} will stay; the list says why.`] : []),
  ];
}

/** The dry list, line by line. */
export function planText(plan: RepairPlan): string[] {
  const { steps, remote, hopeless, replacesStore } = plan;
  return [
    `# ${repairTitle(plan)}`, '',
    steps.length === 0 ? 'Nothing can be mended.' : `Would mend ${countSteps(steps)}; nothing has been changed yet.`, '',
    ...(replacesStore ? ['- weights.h5: moved to .coral/quarantine; a new one is made'] : []),
    ...steps.map((step) => thingLine(step, remote === undefined ? `fetched from ${step.from ?? 'nowhere'}` : `pushed to ${remote}`)), '',
    ...section('Stays as it is', hopeless),
  ];
}

export function repairResultText(plan: RepairPlan, { mended, quarantined, failed }: RepairResult): string[] {
  return [
    `# ${repairTitle(plan)}`, '',
    `Mended ${countSteps(mended) || 'nothing'}.`, '',
    ...mended.map((step) => thingLine(step, step.from === undefined ? 'from this repository' : `from ${step.from}`)), '',
    ...section('Could not be mended after all', failed),
    ...section('Stays as it is', plan.hopeless),
    ...section('Kept aside, as it was', quarantined),
    'Check again to see what is left: a commit that was restored may name weights that are not here.', '',
  ];
}

/** "Mended 2 weights of llm-finetune." and what was left. */
export function repairedText(plan: RepairPlan, { mended, failed }: RepairResult): string {
  const left = failed.length + plan.hopeless.length;
  const rest = left > 0 ? ` ${formatCountOf(left, 'finding')} left; the report says why.` : '';
  return `Mended ${countSteps(mended) || 'nothing'} in ${subjectName(plan)}.${rest}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title} (${lines.length})`, '', ...lines.map((text) => `- ${text}`), ''];
}
