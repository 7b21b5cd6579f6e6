import type { Services } from '../actions/services';
import { MoreNode } from '../tree/moreNode';

/** Loads the rows that a "Load 500 more" row stands for. */
export function loadMore({ tree }: Services, more: unknown): void {
  if (!(more instanceof MoreNode)) return;
  more.parent.pages.want(more.page);
  tree.redraw(more.parent);
}
