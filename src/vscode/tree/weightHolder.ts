import type { WeightGroup } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import type { TreeContext, TreeNode } from './treeNode';

/** Rows loaded at a time: VS Code takes 100,000 at once badly, and draws 1,000 in more than the 200 ms in which a row should open. */
export const pageSize = 500;

/** A row with weights below it: a group, or a module in it. */
export interface WeightHolder extends TreeNode {
  readonly context: TreeContext;
  readonly remote: RemoteModel;
  readonly group: WeightGroup;
  /** "encoder.layers.11"; undefined for a whole group */
  readonly module: string | undefined;
  readonly pages: Pages;
}

/** The rows below a holder, as far as they are shown. Pages may be left out: a row far down is revealed without those before it. */
export interface Pages {
  /** The rows of the pages that are wanted, with a row that loads more wherever some are left out. */
  children(): Promise<TreeNode[]>;
  /** Another page, when the node is drawn the next time; whether it was left out so far. */
  want(page: number): boolean;
  /** The row at a place, from 0, when `children` has loaded its page. */
  at(place: number): TreeNode | undefined;
  /** What is shown may be out of date: it is loaded again when it is drawn the next time. */
  forget(): void;
}

/** The page, from 0, that a row is on. */
export function pageOf(place: number): number {
  return Math.floor(place / pageSize);
}
