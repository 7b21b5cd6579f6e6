import type { Services } from '../actions/services';
import { CommitNode } from '../tree/commitNode';
import { HistoryNode } from '../tree/historyNode';

export function loadMoreHistory({ history }: Services, node: unknown): void {
  if (!(node instanceof HistoryNode || node instanceof CommitNode)) return;
  node.wantMore();
  history.redraw(node);
}
