import type * as vscode from 'vscode';
import type { CoralModel } from '../model/coralModel';
import type { RemoteModel } from '../model/remoteModel';
import type { WeightListing } from './weightListing';

/** One row of a view. It lives as long as what it shows, so that only it need be redrawn. */
export interface TreeNode {
  readonly parent: TreeNode | undefined;
  item(): vscode.TreeItem;
  children(): TreeNode[] | Promise<TreeNode[]>;
  /** Made only when the pointer rests on the row. */
  tooltip?(): vscode.MarkdownString | Promise<vscode.MarkdownString>;
}

/** A row of a repository, or of something in it. */
export interface RepositoryRow extends TreeNode {
  readonly root: string;
}

/** The row of a remote, as the rows below it know it. */
export interface RemoteRow extends TreeNode {
  readonly remote: RemoteModel;
  readonly context: TreeContext;
}

/** What rows need to know beyond what they show. */
export interface TreeContext {
  readonly model: CoralModel;
  readonly listing: WeightListing;
  /** Draws a row again, and what is below it. */
  redraw(node: TreeNode): void;
}

/** An id that no name can confuse with another: `parts` may hold anything. */
export function nodeId(...parts: string[]): string {
  return parts.map(encodeURIComponent).join('/');
}
