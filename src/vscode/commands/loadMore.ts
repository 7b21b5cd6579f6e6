import type { Services } from '../services';
import { GroupNode } from '../tree/groupNode';

export function loadMore({ tree }: Services, group: unknown): void {
  if (!(group instanceof GroupNode)) return;
  group.wantMore();
  tree.redraw(group);
}
