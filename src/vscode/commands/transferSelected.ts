import type { SyncResultJSON } from '../../core/remotes/syncResult';
import { notify } from '../ui/say';
import type { Services } from '../actions/services';
import { groupOfRow, hashesOf, remoteOfRow, selectedRows } from '../tree/selectedRows';
import { transfer } from '../actions/transfer';

export async function pushSelected(services: Services, node?: unknown, selection?: unknown): Promise<SyncResultJSON | undefined> {
  return transferSelected(services, 'push', node, selection);
}

export async function pullSelected(services: Services, node?: unknown, selection?: unknown): Promise<SyncResultJSON | undefined> {
  return transferSelected(services, 'pull', node, selection);
}

/** Moves what is selected and can go this way, of a module all that the view shows; the remote is that of the first row. */
async function transferSelected(
  services: Services, direction: 'push' | 'pull', node: unknown, selection: unknown,
): Promise<SyncResultJSON | undefined> {
  const group = direction === 'push' ? 'ahead' : 'behind';
  const [first, ...others] = selectedRows(services, node, selection).filter((row) => groupOfRow(row) === group);
  if (!first) {
    notify('info', `Select weights under "To ${direction}" in the Coral view first.`);
    return undefined;
  }
  const remote = remoteOfRow(first);
  const weightHashes = await hashesOf([first, ...others.filter((row) => remoteOfRow(row) === remote)]);
  return transfer(services, remote, { direction, weightHashes });
}
