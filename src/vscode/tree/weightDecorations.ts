import * as vscode from 'vscode';
import type { WeightRow } from '../../worker/protocol/weights';

const scheme = 'coral-weight';

const looks = {
  A: { color: 'gitDecoration.addedResourceForeground', tooltip: 'Only here' },
  R: { color: 'charts.blue', tooltip: 'Only on the remote' },
  M: { color: 'gitDecoration.modifiedResourceForeground', tooltip: 'Its name has another version on the other side' },
};

/** Names a weight's row for the decorations below; nothing can be opened at it. */
export function weightUri(root: string, remote: string, row: WeightRow): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${encodeURIComponent(root)}/${encodeURIComponent(remote)}/${row.hash}`, query: row.mark ?? '' });
}

/** Draws the letter of a weight's state at the right of its row, as Git does for files. VS Code asks for painted rows only. */
export class WeightDecorations implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== scheme || !isMark(uri.query)) return undefined;
    const { color, tooltip } = looks[uri.query];
    return new vscode.FileDecoration(uri.query, tooltip, new vscode.ThemeColor(color));
  }
}

function isMark(text: string): text is keyof typeof looks {
  return Object.hasOwn(looks, text);
}
