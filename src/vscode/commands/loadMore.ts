import type { Command } from '../command';
import { MoreNode } from '../tree/moreNode';

/** Loads the rows that a "Load 500 more" row stands for. */
export const loadMore: Command = {
  id: 'coral.loadMore',
  run({ tree }, more) {
    if (!(more instanceof MoreNode)) return;
    more.parent.pages.want(more.page);
    tree.redraw(more.parent);
  },
};
