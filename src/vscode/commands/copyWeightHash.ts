import * as vscode from 'vscode';
import { notify } from '../messages';
import type { Services } from '../services';
import { selectedWeights } from './selectedWeights';

/** Copies the whole hash of the weight, one a line when several are selected. */
export async function copyWeightHash(services: Services, node?: unknown, selection?: unknown): Promise<void> {
  const weights = selectedWeights(services, node, selection);
  if (weights.length > 0) await vscode.env.clipboard.writeText(weights.map((weight) => weight.row.hash).join('\n'));
  else notify(vscode.window.showInformationMessage, 'Select weights in the Coral view first.');
}
