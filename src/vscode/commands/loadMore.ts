import type { Command } from '../command';
import { isWeightHolder } from '../tree/selectedRows';

/** Loads the rows that a "Load 500 more" row stands for. */
export const loadMore: Command = {
  id: 'coral.loadMore',
  run({ tree }, holder, page) {
    if (!isWeightHolder(holder) || typeof page !== 'number') return;
    holder.pages.want(page);
    tree.redraw(holder);
  },
};
