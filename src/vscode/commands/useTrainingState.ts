import { pickCommit } from '../ask/pickCommit';
import type { Command } from '../command';
import { selectedCommit } from '../tree/selectedInHistory';
import { copy, notify } from '../ui/say';

/** Copies the line of Python that loads the training state of a commit. */
export const useTrainingState: Command = {
  id: 'coral.useTrainingState',
  async run(services, target) {
    const commit = await pickCommit(services, target ?? selectedCommit(services.historyView), 'Use the training state of which commit?');
    if (!commit) return;
    const { path } = await services.client.call('training', { root: commit.root, commit: commit.commit }) ?? {};
    if (path === undefined) {
      const where = `There is no training state of commit ${commit.commit.slice(0, 8)} in this repository.`;
      notify('info', `${where} Pull it, or pick a commit that has one.`);
      return;
    }
    await copy(`TrainingState.load("${path}")`);
  },
};
