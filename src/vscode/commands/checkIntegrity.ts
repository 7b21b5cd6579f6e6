import * as vscode from 'vscode';
import type { Depth, IntegrityReport } from '../../core/repository/integrity/integrityReport';
import { runCheck } from '../actions/runCheck';
import type { Services } from '../actions/services';
import { pickDepth } from '../ask/pickDepth';
import { pickIntegrityTarget, type IntegrityTarget } from '../ask/pickIntegrityTarget';
import { hasText } from '../ask/target';
import type { Command } from '../command';
import { copyJson, notify } from '../ui/say';
import { countFindings, reportText, reportTitle, soundText, subjectName } from '../wording/integrityText';

/** Checks a repository or a remote and shows what is wrong. `{ root, remote?, depth }` leaves out the questions. Changes nothing. */
export const checkIntegrity: Command = {
  id: 'coral.checkIntegrity',
  async run(services, target) {
    const subject = await pickIntegrityTarget(services, target, 'Check what?');
    const depth = subject && (hasText(target, 'depth') ? target.depth as Depth : await pickDepth());
    if (subject === undefined || depth === undefined) return undefined;
    const report = await runCheck(services.client, subject, depth);
    await reportCheck(services, subject, report);
    return report;
  },
};

/** A message, and the report where there is something to read. */
async function reportCheck(services: Services, { repository, remote }: IntegrityTarget, report: IntegrityReport): Promise<void> {
  const { findings } = report;
  const text = countFindings(findings);
  services.log.info(`${reportTitle(report)} (${report.depth}): ${text}.`);
  const show = (): Promise<void> => services.documents.show(`${reportTitle(report)}.md`, reportText(report), report);
  if (findings.every(({ severity }) => severity === 'remark')) {
    notify('info', soundText(report), [{ title: 'Show Report', run: show }]);
    return;
  }
  await show();
  const target = remote?.target ?? { root: repository.root };
  const repair = () => vscode.commands.executeCommand('coral.repair', { ...target, depth: report.depth });
  notify('warning', `Found ${text} in ${subjectName(report)}.`, [
    ...(findings.some(({ mend }) => mend !== 'hand') ? [{ title: 'Repair...', run: repair }] : []),
    { title: 'Copy as JSON', run: () => copyJson(report) },
  ]);
}
