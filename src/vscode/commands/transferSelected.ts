import { transferAndReport } from '../actions/transfer';
import type { Command } from '../command';
import { hashesOf, selectedRows } from '../tree/selectedRows';
import { notify } from '../ui/say';

export const pushSelected: Command = { id: 'coral.pushSelected', run: transferSelected('push', 'ahead') };
export const pullSelected: Command = { id: 'coral.pullSelected', run: transferSelected('pull', 'behind') };

/** Moves what is selected and can go this way, of a module all that the view shows; the remote is that of the first row. */
function transferSelected(direction: 'push' | 'pull', group: 'ahead' | 'behind'): Command['run'] {
  return async (services, node, selection) => {
    const [first, ...others] = selectedRows(services.remotesView.view, node, selection).filter((row) => row.group === group);
    if (!first) {
      notify('info', `Select weights under "To ${direction}" in the Coral view first.`);
      return undefined;
    }
    const { remote } = first;
    const weightHashes = await hashesOf([first, ...others.filter((row) => row.remote === remote)]);
    return transferAndReport(services, remote, { direction, weightHashes });
  };
}
