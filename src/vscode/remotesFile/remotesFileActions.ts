import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { CoralModel } from '../model/coralModel';
import { type RemotesFileDiagnostics, remotesFileSelector, type ShownFinding } from './remotesFileDiagnostics';

/** Puts right what the diagnostics of a remotes.json found. */
export class RemotesFileActions implements vscode.CodeActionProvider {
  readonly #diagnostics: RemotesFileDiagnostics;
  readonly #model: CoralModel;

  constructor(diagnostics: RemotesFileDiagnostics, model: CoralModel) {
    this.#diagnostics = diagnostics;
    this.#model = model;
  }

  register(): vscode.Disposable {
    return vscode.languages.registerCodeActionsProvider(
      remotesFileSelector, this, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    );
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const here = this.#diagnostics.shown(document.uri).filter(({ diagnostic }) => diagnostic.range.intersection(range));
    return here.flatMap((shown) => [...fixesFor(document, shown), ...this.#moveKeys(document, shown)]);
  }

  /** Only for a remote of an open repository: the secret storage is asked for those alone. */
  #moveKeys(document: vscode.TextDocument, { finding, diagnostic }: ShownFinding): vscode.CodeAction[] {
    const target = { root: dirname(dirname(document.uri.fsPath)), remote: finding.remote ?? '' };
    if (finding.code !== 'secret' || !this.#model.remote(target.root, target.remote)) return [];
    const move = quickFix('Move to Secret Storage', diagnostic);
    move.command = { command: 'coral.moveKeysToSecretStorage', title: move.title, arguments: [target] };
    move.isPreferred = true;
    return [move];
  }
}

function fixesFor(document: vscode.TextDocument, { finding, diagnostic }: ShownFinding): vscode.CodeAction[] {
  const actions = finding.fixes.map(({ title, edits }) => {
    const action = quickFix(title, diagnostic);
    action.edit = new vscode.WorkspaceEdit();
    for (const { offset, length, text } of edits) {
      action.edit.replace(document.uri, new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)), text);
    }
    return action;
  });
  if (actions.length === 1 && actions[0]) actions[0].isPreferred = true;
  return actions;
}

function quickFix(title: string, diagnostic: vscode.Diagnostic): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  return action;
}
