import type { Command } from '../command';
import { ChangeNode } from '../tree/changeNode';
import { selectedInHistory } from '../tree/selectedInHistory';
import { hashesOf, selectedRows } from '../tree/selectedRows';
import { copy, notify } from '../ui/say';

/** Copies the whole hash of the weight, one a line when several are selected; of a module, those of all its weights. */
export const copyWeightHash: Command = {
  id: 'coral.copyWeightHash',
  async run(services, node, selection) {
    const weights = await hashesOf(selectedRows(services.remotesView.view, node, selection));
    const changes = selectedInHistory(services.historyView, node, selection).flatMap((row) => (row instanceof ChangeNode ? row.hash : []));
    const hashes = weights.length > 0 ? weights : changes;
    if (hashes.length > 0) await copy(...hashes);
    else notify('info', 'Select weights in the Coral view first.');
  },
};
