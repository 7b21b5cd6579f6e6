import { pickCommit } from '../ask/pickCommit';
import { hasText } from '../ask/target';
import type { Command } from '../command';
import { selectedCommit, selectedInHistory } from '../tree/selectedInHistory';
import { copy } from '../ui/say';

/** Copies the whole hash of the commit, one a line when several are selected. */
export const copyCommitHash: Command = {
  id: 'coral.copyCommitHash',
  async run(services, target, selection) {
    const selected = selectedInHistory(services.historyView, target, selection).filter((node) => hasText(node, 'commit'));
    const commits = selected.length > 0
      ? selected
      : [await pickCommit(services, target ?? selectedCommit(services.historyView), 'Copy the hash of which commit?')];
    const hashes = commits.flatMap((commit) => commit?.commit ?? []);
    if (hashes.length > 0) await copy(...hashes);
  },
};
