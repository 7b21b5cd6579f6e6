import * as vscode from 'vscode';
import type { WeightChange } from '../../core/history/changes';
import type { WeightRow } from '../../worker/protocol/weights';

interface Look {
  readonly color: string;
  readonly tooltip: string;
}

const added = 'gitDecoration.addedResourceForeground';
const modified = 'gitDecoration.modifiedResourceForeground';

/** By URI scheme and letter. */
const looks: ReadonlyMap<string, Look> = new Map([
  ['coral-weight:A', { color: added, tooltip: 'Only here' }],
  ['coral-weight:R', { color: 'charts.blue', tooltip: 'Only on the remote' }],
  ['coral-weight:M', { color: modified, tooltip: 'Its name has another version on the other side' }],
  ['coral-change:A', { color: added, tooltip: 'Added by this commit' }],
  ['coral-change:M', { color: modified, tooltip: 'Changed by this commit' }],
  ['coral-change:D', { color: 'gitDecoration.deletedResourceForeground', tooltip: 'Removed by this commit' }],
]);

/** Names a weight's row for the decorations below; nothing can be opened at it. */
export function weightUri(root: string, remote: string, row: WeightRow): vscode.Uri {
  return vscode.Uri.from({ scheme: 'coral-weight', path: `/${encodeURIComponent(root)}/${encodeURIComponent(remote)}/${row.hash}`, query: row.mark ?? '' });
}

/** The same for a weight below a commit. */
export function changeUri(root: string, commit: string, { name, kind }: WeightChange): vscode.Uri {
  return vscode.Uri.from({ scheme: 'coral-change', path: `/${encodeURIComponent(root)}/${commit}/${encodeURIComponent(name)}`, query: kind });
}

/** Draws the letter of a weight's state at the right of its row, as Git does for files. VS Code asks for painted rows only. */
export class WeightDecorations implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const look = looks.get(`${uri.scheme}:${uri.query}`);
    return look && new vscode.FileDecoration(uri.query, look.tooltip, new vscode.ThemeColor(look.color));
  }
}
