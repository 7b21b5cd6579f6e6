import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../core/remotes/syncResult';
import { notify } from '../messages';
import type { Services } from '../services';
import { selectedWeights } from './selectedWeights';
import { transfer } from './transfer';

export async function pushSelected(services: Services, node?: unknown, selection?: unknown): Promise<SyncResultJSON | undefined> {
  return transferSelected(services, 'push', node, selection);
}

export async function pullSelected(services: Services, node?: unknown, selection?: unknown): Promise<SyncResultJSON | undefined> {
  return transferSelected(services, 'pull', node, selection);
}

/** Moves the selected weights that can go this way; the remote is that of the first one. */
async function transferSelected(
  services: Services, direction: 'push' | 'pull', node: unknown, selection: unknown,
): Promise<SyncResultJSON | undefined> {
  const group = direction === 'push' ? 'ahead' : 'behind';
  const weights = selectedWeights(services, node, selection).filter((weight) => weight.parent.group === group);
  const remote = weights[0]?.parent.remote;
  if (!remote) {
    notify(vscode.window.showInformationMessage, `Select weights under "To ${direction}" in the Coral view first.`);
    return undefined;
  }
  const weightHashes = weights.filter((weight) => weight.parent.remote === remote).map((weight) => weight.row.hash);
  return transfer(services, remote, { direction, weightHashes });
}
