import type { Command } from '../command';
import { CommitNode } from '../tree/commitNode';
import { HistoryNode } from '../tree/historyNode';

export const loadMoreHistory: Command = {
  id: 'coral.loadMoreHistory',
  run({ history }, node) {
    if (!(node instanceof HistoryNode || node instanceof CommitNode)) return;
    node.wantMore();
    history.redraw(node);
  },
};
