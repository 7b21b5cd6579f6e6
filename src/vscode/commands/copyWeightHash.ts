import { copy, notify } from '../ui/say';
import type { Services } from '../actions/services';
import { ChangeNode } from '../tree/changeNode';
import { selectedInHistory } from '../tree/selectedInHistory';
import { hashesOf, selectedRows } from '../tree/selectedRows';

/** Copies the whole hash of the weight, one a line when several are selected; of a module, those of all its weights. */
export async function copyWeightHash(services: Services, node?: unknown, selection?: unknown): Promise<void> {
  const weights = await hashesOf(selectedRows(services, node, selection));
  const changes = selectedInHistory(services, node, selection).flatMap((row) => (row instanceof ChangeNode ? row.hash : []));
  const hashes = weights.length > 0 ? weights : changes;
  if (hashes.length > 0) await copy(...hashes);
  else notify('info', 'Select weights in the Coral view first.');
}
