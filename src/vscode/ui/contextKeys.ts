import * as vscode from 'vscode';
import type { CoralModel } from '../model/coralModel';

type ViewState = 'scanning' | 'untrusted' | 'noRepository' | 'noRemotes' | 'damagedRemotes' | 'unreadable' | 'ready';

/** Keeps `coral.state` true to the model: it chooses the welcome view, and shows commands where they make sense. */
export function keepContextKeys(model: CoralModel): vscode.Disposable {
  let known: ViewState | undefined;
  const update = () => {
    const state = stateOf(model);
    if (state === known) return;
    known = state;
    void vscode.commands.executeCommand('setContext', 'coral.state', state);
  };
  update();
  return model.onDidChange(update);
}

function stateOf({ isScanned, repositories, remotes }: CoralModel): ViewState {
  if (!vscode.workspace.isTrusted) return 'untrusted';
  if (!isScanned) return 'scanning';
  if (repositories.length === 0) return 'noRepository';
  if (remotes.length > 0) return 'ready';
  if (repositories.some(({ remotesProblem }) => remotesProblem)) return 'damagedRemotes';
  if (repositories.some(({ error, storeProblem }) => error ?? storeProblem)) return 'unreadable';
  return repositories.some(({ snapshot }) => snapshot) ? 'noRemotes' : 'scanning';
}
