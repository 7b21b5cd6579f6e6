import * as vscode from 'vscode';
import type { Command } from '../command';
import { copyJson, mention, notify } from '../ui/say';

/** Copies what the report in front says, as JSON. */
export const copyReport: Command = {
  id: 'coral.copyReport',
  async run({ documents }) {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const data = uri && documents.dataOf(uri);
    if (data === undefined) {
      notify('info', 'Open a report first: "Coral: Check Integrity..." makes one.');
      return;
    }
    await copyJson(data);
    mention('The report is on the clipboard.');
  },
};
