import * as vscode from 'vscode';

/** Brings the view "History" to the front, and the keyboard to it. */
export async function showHistory(): Promise<void> {
  await vscode.commands.executeCommand('coral.history.focus');
}
