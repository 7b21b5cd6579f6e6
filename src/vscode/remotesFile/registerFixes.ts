import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { CoralModel } from '../model/coralModel';
import { type RemotesFileDiagnostics, remotesFileSelector, type ShownFinding } from './remotesFileDiagnostics';

/** Puts right what the diagnostics of a remotes.json found. */
export function registerFixes(diagnostics: RemotesFileDiagnostics, model: CoralModel): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(remotesFileSelector, {
    provideCodeActions: (document, range) => diagnostics.shown(document.uri)
      .filter(({ diagnostic }) => diagnostic.range.intersection(range))
      .flatMap((shown) => [...fixesFor(document, shown), ...moveKeys(model, document, shown)]),
  }, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] });
}

/** Only for a remote of an open repository: the secret storage is asked for those alone. */
function moveKeys(model: CoralModel, document: vscode.TextDocument, { finding, diagnostic }: ShownFinding): vscode.CodeAction[] {
  const target = { root: dirname(dirname(document.uri.fsPath)), remote: finding.remote ?? '' };
  if (finding.code !== 'secret' || !model.remote(target.root, target.remote)) return [];
  const move = quickFix('Move to Secret Storage', diagnostic);
  move.command = { command: 'coral.moveKeysToSecretStorage', title: move.title, arguments: [target] };
  move.isPreferred = true;
  return [move];
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
