import * as vscode from 'vscode';
import type { ErrorDetail } from '../../core/base/errors';

/** The command that opens the file of an error, at its line. */
export function openProblemCommand({ path, line }: ErrorDetail): vscode.Command {
  return { command: 'coral.openProblem', title: 'Open File', arguments: [path, line] };
}

export async function openFileAt(path: string, line = 1): Promise<void> {
  const position = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(position, position) });
}

/** Opens remotes.json at the entry of a remote. */
export async function openRemoteEntry(root: string, remote: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(remotesFile(root));
  const offset = document.getText().indexOf(`${JSON.stringify(remote)}:`);
  await openFileAt(remotesFile(root), document.positionAt(Math.max(0, offset)).line + 1);
}

export function remotesFile(root: string): string {
  return vscode.Uri.joinPath(vscode.Uri.file(root), '.coral', 'remotes.json').fsPath;
}
