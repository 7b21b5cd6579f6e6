import * as vscode from 'vscode';
import { notify } from '../messages';
import type { Services } from '../services';

/** Copies what the report in front says, as JSON. */
export async function copyReport({ documents }: Services): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const data = uri && documents.dataOf(uri);
  if (data === undefined) {
    notify(vscode.window.showInformationMessage, 'Open a report first: "Coral: Check Integrity..." makes one.');
    return;
  }
  await vscode.env.clipboard.writeText(JSON.stringify(data, null, 2));
  vscode.window.setStatusBarMessage('$(check) The report is on the clipboard.', 5_000);
}
