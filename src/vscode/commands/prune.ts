import type { PruneResult } from '../../core/repository/integrity/pruneLocal';
import type { PrunePlan } from '../../core/repository/integrity/prunePlan';
import { formatBytes } from '../../text/format';
import type { Services } from '../actions/services';
import { mayContact } from '../ask/mayContact';
import { pickRepository } from '../ask/pickRemote';
import { requestOf, type IntegrityTarget } from '../ask/pickIntegrityTarget';
import { type Command, withRemote } from '../command';
import { withProgress } from '../ui/progress';
import { input, notify } from '../ui/say';
import { subjectName } from '../wording/integrityText';
import { countDropped, countItems, nothingToPrune, pruneText, pruneTitle, pruneWord, sharedText } from '../wording/pruneText';

/** Removes from weights.h5 what nothing names, and gives its space back. */
export const pruneLocal: Command = {
  id: 'coral.pruneLocal',
  async run(services, target) {
    const repository = await pickRepository(services.model, target, 'Prune which repository?');
    return repository && prune(services, { repository });
  },
};

/** Deletes from a remote what nothing names, here or there. */
export const pruneRemote: Command = {
  id: 'coral.pruneRemote',
  run: withRemote('Prune which remote?', async (services, remote) => {
    if (!await mayContact(services.consents, remote)) return undefined;
    const repository = services.model.repository(remote.root);
    return repository && prune(services, { repository, remote });
  }),
};

/** The list first, then a typed word, then the deed. */
async function prune(services: Services, subject: IntegrityTarget): Promise<PruneResult | undefined> {
  const request = await requestOf(subject);
  const name = subjectName(request);
  const plan = await withProgress(
    `Looking for what nothing names in ${name}`, (options) => services.client.call('planPrune', request, options),
  );
  if (plan.drop.length === 0) {
    notify('info', nothingToPrune(plan));
    return undefined;
  }
  await services.documents.show(`${pruneTitle(plan)}.md`, pruneText(plan), plan);
  if (!await confirmByWord(plan)) return undefined;
  const result = await withProgress(`Pruning ${name}`, (options) => services.client.call('prune', { ...request, plan }, options));
  const text = `Pruned ${countItems(plan.drop)} from ${name}. Freed ${formatBytes(result.freed)}.`;
  services.log.info(text);
  notify('info', text);
  await subject.repository.refresh();
  await subject.remote?.fetchStatusAgain();
  return result;
}

async function confirmByWord(plan: PrunePlan): Promise<boolean> {
  const [word, shared] = [pruneWord(plan), sharedText(plan)];
  const typed = await input({
    title: `Delete ${countDropped(plan)} from ${subjectName(plan)}?`,
    prompt: [
      ...(shared === undefined ? [] : [shared]), `This cannot be undone. Type "${word}" to delete what the list shows.`,
      'Do not run the Python tool on it meanwhile.',
    ].join(' '),
    ignoreFocusOut: true,
    validateInput: (text) => (text === '' || text === word ? undefined : `Type "${word}", or press Escape to keep everything.`),
  });
  return typed === word;
}
