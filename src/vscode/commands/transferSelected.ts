import type { SyncResultJSON } from '../../core/transfer/syncResult';
import { transferAndReport } from '../actions/transfer';
import type { Command, CommandServices } from '../command';
import { hashesOf, selectedRows } from '../tree/selectedRows';
import { notify } from '../ui/say';

export const pushSelected: Command = {
  id: 'coral.pushSelected',
  async run(services, node, selection) {
    return transferSelected(services, 'push', node, selection);
  },
};

export const pullSelected: Command = {
  id: 'coral.pullSelected',
  async run(services, node, selection) {
    return transferSelected(services, 'pull', node, selection);
  },
};

/** Moves what is selected and can go this way, of a module all that the view shows; the remote is that of the first row. */
async function transferSelected(
  services: CommandServices, direction: 'push' | 'pull', node: unknown, selection: unknown,
): Promise<SyncResultJSON | undefined> {
  const group = direction === 'push' ? 'ahead' : 'behind';
  const [first, ...others] = selectedRows(services.remotesView.view, node, selection).filter((row) => row.group === group);
  if (!first) {
    notify('info', `Select weights under "To ${direction}" in the Coral view first.`);
    return undefined;
  }
  const remote = first.remote;
  const weightHashes = await hashesOf([first, ...others.filter((row) => row.remote === remote)]);
  return transferAndReport(services, remote, { direction, weightHashes });
}
