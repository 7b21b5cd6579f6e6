import * as vscode from 'vscode';
import type { Depth } from '../../core/repository/integrity/integrityReport';
import type { RemoteRequest } from '../../worker/protocol/status';
import { runCheck } from '../actions/runCheck';
import { pickDepth } from '../ask/pickDepth';
import { pickIntegrityTarget, requestOf, type IntegrityTarget } from '../ask/pickIntegrityTarget';
import { hasText } from '../ask/target';
import type { Command } from '../command';
import { withProgress } from '../ui/progress';
import { ask, notify } from '../ui/say';
import { subjectName } from '../wording/integrityText';
import { countSteps, planText, repairedText, repairQuestion, repairResultText, repairTitle } from '../wording/repairText';

/** Looks for damage, says what could be mended and from where, and mends it once the person agrees. */
export const repair: Command = {
  id: 'coral.repair',
  async run(services, target) {
    const subject = await pickIntegrityTarget(services, target, 'Repair what?');
    const depth = subject && (hasText(target, 'depth') ? target.depth as Depth : await pickDepth());
    if (subject === undefined || depth === undefined) return undefined;
    const report = await runCheck(services.client, subject, depth);
    const request = { ...await requestOf(subject), sources: await sourcesOf(subject) };
    const title = `Looking for good copies for ${subjectName(request)}`;
    const plan = await withProgress(title, (options) => services.client.call('planRepair', { ...request, report }, options));
    if (plan.steps.length === 0 && plan.hopeless.length === 0) {
      notify('info', `There is nothing to repair in ${subjectName(report)}.`);
      return undefined;
    }
    await services.documents.show(`${repairTitle(plan)}.md`, planText(plan), plan);
    if (plan.steps.length === 0) {
      notify('warning', `Nothing of what is wrong with ${subjectName(plan)} can be mended from here; the list says why.`);
      return undefined;
    }
    const picked = await ask(`Repair ${countSteps(plan.steps)} in ${subjectName(plan)}?`, repairQuestion(plan), 'Repair');
    if (picked === undefined) return undefined;
    const result = await withProgress(`Repairing ${subjectName(plan)}`, (options) => (
      services.client.call('repair', { ...request, plan }, options)));
    subject.repository.takeRepair(subject.remote, result);
    await services.documents.show(`${repairTitle(plan)}.md`, repairResultText(plan, result), result);
    for (const path of result.quarantined) services.log.info(`${repairTitle(plan)}: kept ${path}`);
    const checked = { root: plan.root, ...(plan.remote !== undefined && { remote: plan.remote }), depth };
    notify(result.failed.length > 0 ? 'warning' : 'info', repairedText(plan, result), [
      { title: 'Check Again', run: () => vscode.commands.executeCommand('coral.checkIntegrity', checked) },
    ]);
    await subject.repository.refresh();
    return result;
  },
};

/**
 * The remotes that a repository may get good copies from: those that the person lets Coral contact. A remote gets them from the
 * repository.
 */
async function sourcesOf({ repository, remote }: IntegrityTarget): Promise<RemoteRequest[]> {
  return Promise.all(
    (remote === undefined ? repository.remotes.filter(({ isAllowed }) => isAllowed) : [remote]).map((source) => source.request()),
  );
}
