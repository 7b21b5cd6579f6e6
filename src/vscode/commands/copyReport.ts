import * as vscode from 'vscode';
import { copyJson, mention, notify } from '../ui/say';
import type { Services } from '../actions/services';

/** Copies what the report in front says, as JSON. */
export async function copyReport({ documents }: Services): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const data = uri && documents.dataOf(uri);
  if (data === undefined) {
    notify('info', 'Open a report first: "Coral: Check Integrity..." makes one.');
    return;
  }
  await copyJson(data);
  mention('The report is on the clipboard.');
}
