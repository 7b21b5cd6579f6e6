import * as vscode from 'vscode';
import type { Depth, IntegrityReport } from '../../core/repository/integrity/report';
import { countFindings, reportText, reportTitle, soundText, subjectName } from '../wording/integrityText';
import { withProgress } from '../ui/progress';
import { copyJson, type Item, notify, pick } from '../ui/say';
import type { Services } from '../actions/services';
import { pickSubject, requestOf, type Subject } from '../ask/pickSubject';
import { hasText } from '../ask/target';

/** Checks a repository or a remote and shows what is wrong. `{ root, remote?, depth }` leaves out the questions. Changes nothing. */
export async function checkIntegrity(services: Services, target?: unknown): Promise<IntegrityReport | undefined> {
  const subject = await pickSubject(services, target, 'Check what?');
  const depth = subject && (hasText(target, 'depth') ? target.depth as Depth : await pickDepth());
  if (subject === undefined || depth === undefined) return undefined;
  const report = await runCheck(services, subject, depth);
  await reportCheck(services, subject, report);
  return report;
}

/** The rows of the weights that it finds damaged say so from then on. */
export async function runCheck({ client }: Services, subject: Subject, depth: Depth): Promise<IntegrityReport> {
  const request = { ...await requestOf(subject), depth };
  const report = await withProgress(`Checking ${subjectName(request)}`, (onProgress, signal) => client.call('checkIntegrity', request, { onProgress, signal }));
  subject.repository.takeCheck(subject.remote, report);
  return report;
}

export async function pickDepth(): Promise<Depth | undefined> {
  const items: readonly (Item & { readonly depth: Depth })[] = [
    { icon: 'search', label: 'Shallow', description: 'names, sizes, headers and references: seconds', depth: 'shallow' },
    { icon: 'microscope', label: 'Deep', description: 'the same, and every tensor is read and hashed', depth: 'deep' },
  ];
  return (await pick(items, 'How closely?'))?.depth;
}

/** A message, and the report where there is something to read. */
async function reportCheck(services: Services, { repository, remote }: Subject, report: IntegrityReport): Promise<void> {
  const { findings } = report;
  const text = countFindings(findings);
  services.log.info(`${reportTitle(report)} (${report.depth}): ${text}.`);
  const show = (): Promise<void> => services.documents.show(`${reportTitle(report)}.md`, reportText(report), report);
  if (findings.every(({ severity }) => severity === 'remark')) {
    notify('info', soundText(report), [{ title: 'Show Report', run: show }]);
    return;
  }
  await show();
  const target = { root: repository.root, ...(remote && { remote: remote.name }) };
  notify('warning', `Found ${text} in ${subjectName(report)}.`, [
    ...(findings.some(({ mend }) => mend !== 'hand') ? [{ title: 'Repair...', run: () => vscode.commands.executeCommand('coral.repair', { ...target, depth: report.depth }) }] : []),
    { title: 'Copy as JSON', run: () => copyJson(report) },
  ]);
}
