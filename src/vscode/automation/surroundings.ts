import * as vscode from 'vscode';

/** Whether anything may run by itself now, and word of when that changes. Tests have their own. */
export interface Surroundings {
  /** in a trusted workspace, in the window that has the focus: of several windows on one folder, one works */
  isActive(): boolean;
  onDidChange(listener: () => void): vscode.Disposable;
}

export const windowSurroundings: Surroundings = {
  isActive: () => vscode.workspace.isTrusted && vscode.window.state.focused,
  onDidChange: (listener) => vscode.Disposable.from(
    vscode.window.onDidChangeWindowState(listener),
    vscode.workspace.onDidGrantWorkspaceTrust(listener),
  ),
};
