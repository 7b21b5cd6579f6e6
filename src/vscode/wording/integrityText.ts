import { basename } from 'node:path';
import type { Finding, IntegrityReport, Severity } from '../../core/repository/integrity/integrityReport';
import { formatBytes, formatCountOf, formatCounts, formatDuration, formatTime } from '../../text/format';

type Subject = Pick<IntegrityReport, 'root' | 'remote'>;

/** "llm-finetune", "origin of llm-finetune" */
export function subjectName({ root, remote }: Subject): string {
  return remote === undefined ? basename(root) : `${remote} of ${basename(root)}`;
}

/** "Integrity of origin of llm-finetune", the title of the report's tab */
export function reportTitle(subject: Subject): string {
  return `Integrity of ${subjectName(subject)}`;
}

const headings: Record<Severity, string> = { error: 'Errors', warning: 'Warnings', remark: 'Remarks' };
const severities: readonly Severity[] = ['error', 'warning', 'remark'];

/** "2 errors, 1 warning"; "nothing wrong" when there are neither. Remarks do not count. */
export function countFindings(findings: readonly Finding[]): string {
  const counts = (['error', 'warning'] as const).map((severity) => [of(findings, severity).length, severity] as const);
  return formatCounts(...counts).join(', ') || 'nothing wrong';
}

/** "4 weights, 1 delta, 2 commits" and so on; what there is none of is left out, but for weights. */
export function countChecked({ weights, deltas, commits, versions, refs }: IntegrityReport['checked']): string {
  const others = formatCounts([deltas, 'delta'], [commits, 'commit'], [versions, 'tag'], [refs, 'ref']);
  return [formatCountOf(weights, 'weight'), ...others].join(', ');
}

/** A line of a list about weights and the like. */
export function thingLine({ kind, hash, name }: Thing, what: string): string {
  return `- ${kind} ${name === undefined ? hash : `${name} (${hash})`}: ${what}`;
}

interface Thing {
  readonly kind: string;
  readonly hash: string;
  readonly name?: string | undefined;
}

/** What to say when nothing is wrong; of a shallow check also what it cannot say. */
export function soundText({ root, remote, depth, checked }: IntegrityReport): string {
  const name = subjectName({ root, remote });
  return depth === 'deep'
    ? `Nothing is wrong with ${name}: ${countChecked(checked)}, ${formatBytes(checked.bytes)} of tensors match their hashes.`
    : `Nothing is wrong with ${name}, as far as names and headers tell: ${countChecked(checked)}. A deep check reads the tensors too.`;
}

/** The report as a person reads it, line by line. */
export function reportText(report: IntegrityReport): string[] {
  const { depth, startedAt, milliseconds, checked, location, findings } = report;
  const how = depth === 'deep'
    ? `deep: ${formatBytes(checked.bytes)} of tensors were read and hashed`
    : 'shallow: names, sizes, headers and references; the tensors were not read';
  return [
    `# ${reportTitle(report)}`, '',
    `- Result: ${countFindings(findings)}`,
    `- Looked at: ${countChecked(checked)}`,
    `- Depth: ${how}`,
    `- Location: ${location}`,
    `- Checked: ${formatTime(Date.parse(startedAt), Date.now())}, in ${formatDuration(milliseconds)}`, '',
    ...severities.flatMap((severity) => section(severity, of(findings, severity))),
    ...(findings.some(({ mend }) => mend !== 'hand')
      ? ['"Coral: Repair..." looks for good copies of what says "Repair" at its end, and asks before it changes anything.', '']
      : []),
  ];
}

function section(severity: Severity, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  return [`## ${headings[severity]} (${findings.length})`, '', ...findings.map(line), ''];
}

function line({ name, message, mend }: Finding): string {
  const who = name === undefined || message.includes(name) ? '' : `${name}: `;
  return `- ${who}${message}${mend === 'hand' ? '' : ' → Repair'}`;
}

const of = (findings: readonly Finding[], severity: Severity): Finding[] => findings.filter((finding) => finding.severity === severity);
