import { copy, notify } from '../ui/say';
import type { Services } from '../actions/services';
import { GroupNode } from '../tree/groupNode';
import { ModuleNode } from '../tree/moduleNode';
import { selectedRows } from '../tree/selectedRows';

/** Copies the whole name of the weight or module, one a line when several are selected. */
export async function copyWeightName(services: Services, node?: unknown, selection?: unknown): Promise<void> {
  const names = selectedRows(services, node, selection).flatMap((row) => (row instanceof GroupNode ? [] : row instanceof ModuleNode ? [row.module] : [row.name]));
  if (names.length > 0) await copy(...names);
  else notify('info', 'Select weights or modules in the Coral view first.');
}
