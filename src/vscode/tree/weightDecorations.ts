import * as vscode from 'vscode';
import type { WeightChange } from '../../core/history/changes';
import type { WeightRow } from '../../worker/protocol/weights';

interface Look {
  readonly color: string;
  readonly tooltip: string;
}

const added = 'gitDecoration.addedResourceForeground';
const modified = 'gitDecoration.modifiedResourceForeground';

/** By URI scheme and letter; of several letters the first gives the color. */
const looks: Readonly<Record<string, Readonly<Record<string, Look>>>> = {
  'coral-weight': {
    '!': { color: 'list.errorForeground', tooltip: 'Damaged' },
    A: { color: added, tooltip: 'Only here' },
    R: { color: 'charts.blue', tooltip: 'Only on the remote' },
    M: { color: modified, tooltip: 'Its name has another version on the other side' },
    Δ: { color: 'descriptionForeground', tooltip: 'Stored as a delta' },
  },
  'coral-change': {
    A: { color: added, tooltip: 'Added by this commit' },
    M: { color: modified, tooltip: 'Changed by this commit' },
    D: { color: 'gitDecoration.deletedResourceForeground', tooltip: 'Removed by this commit' },
  },
};

/** Names a weight's row for the decorations below; nothing can be opened at it. */
export function weightUri(root: string, remote: string, row: WeightRow): vscode.Uri {
  return vscode.Uri.from(
    { scheme: 'coral-weight', path: `/${encodeURIComponent(root)}/${encodeURIComponent(remote)}/${row.hash}`, query: badgeOf(row) },
  );
}

/** The same for a weight below a commit. */
export function changeUri(root: string, commit: string, { name, kind }: WeightChange): vscode.Uri {
  return vscode.Uri.from(
    { scheme: 'coral-change', path: `/${encodeURIComponent(root)}/${commit}/${encodeURIComponent(name)}`, query: kind },
  );
}

/** At most two letters, which is what VS Code shows. */
function badgeOf({ mark, isDamaged, isDelta }: WeightRow): string {
  return [...(isDamaged ? ['!'] : []), ...(mark ? [mark] : []), ...(isDelta ? ['Δ'] : [])].slice(0, 2).join('');
}

/** Draws the letters of a weight's state at the right of its row, as Git does for files. VS Code asks for painted rows only. */
export const weightDecorations: vscode.FileDecorationProvider = {
  provideFileDecoration(uri) {
    const known = Object.entries(looks[uri.scheme] ?? {}).filter(([mark]) => uri.query.includes(mark)).map(([, look]) => look);
    const [first] = known;
    return first
      && new vscode.FileDecoration(uri.query, known.map(({ tooltip }) => tooltip).join(', '), new vscode.ThemeColor(first.color));
  },
};
