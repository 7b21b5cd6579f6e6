import { type CommitTarget, isCommitTarget } from '../ask/target';
import type { Selecting } from './selectedRows';

/**
 * The rows of the view "History" that a command is about: the selection, else the row it was invoked on; from the palette the view's
 * selection.
 */
export function selectedInHistory(view: Selecting, node: unknown, selection: unknown): readonly unknown[] {
  if (Array.isArray(selection) && selection.length > 0) return selection;
  return node === undefined ? view.selection : [node];
}

export function selectedCommit(view: Selecting): CommitTarget | undefined {
  return view.selection.find(isCommitTarget);
}
