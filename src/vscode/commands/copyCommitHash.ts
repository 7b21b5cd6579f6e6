import { pickCommit } from '../ask/pickCommit';
import type { Command } from '../command';
import { CommitNode } from '../tree/commitNode';
import { DamagedCommitNode } from '../tree/damagedCommitNode';
import { selectedCommit, selectedInHistory } from '../tree/selectedInHistory';
import { copy } from '../ui/say';

/** Copies the whole hash of the commit, one a line when several are selected. */
export const copyCommitHash: Command = {
  id: 'coral.copyCommitHash',
  async run(services, target, selection) {
    const selected = selectedInHistory(services.historyView, target, selection)
      .filter((node) => node instanceof CommitNode || node instanceof DamagedCommitNode);
    const commits = selected.length > 0
      ? selected
      : [await pickCommit(services, target ?? selectedCommit(services.historyView), 'Copy the hash of which commit?')];
    const hashes = commits.flatMap((commit) => commit?.commit ?? []);
    if (hashes.length > 0) await copy(...hashes);
  },
};
