import type { Services } from '../actions/services';

/** The rows of the view "History" that a command is about: the selection, else the row it was invoked on; from the palette the view's selection. */
export function selectedInHistory({ historyView }: Services, node: unknown, selection: unknown): readonly unknown[] {
  if (Array.isArray(selection) && selection.length > 0) return selection;
  return node === undefined ? historyView.selection : [node];
}
