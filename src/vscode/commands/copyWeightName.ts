import type { Command } from '../command';
import { GroupNode } from '../tree/groupNode';
import { ModuleNode } from '../tree/moduleNode';
import { selectedRows, type WeightsRow } from '../tree/selectedRows';
import { copy, notify } from '../ui/say';

/** Copies the whole name of the weight or module, one a line when several are selected. */
export const copyWeightName: Command = {
  id: 'coral.copyWeightName',
  async run(services, node, selection) {
    const nameOf = (row: WeightsRow) => (row instanceof GroupNode ? [] : row instanceof ModuleNode ? [row.module] : [row.name]);
    const names = selectedRows(services.remotesView.view, node, selection).flatMap(nameOf);
    if (names.length > 0) await copy(...names);
    else notify('info', 'Select weights or modules in the Coral view first.');
  },
};
