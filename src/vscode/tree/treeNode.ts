import type * as vscode from 'vscode';
import type { CoralModel } from '../model/coralModel';
import type { RemoteModel } from '../model/remoteModel';
import type { WeightListing } from './weightListing';

/** One row of a view. It lives as long as what it shows, so that only it need be redrawn. */
export interface TreeNode {
  readonly parent: TreeNode | undefined;
  item(): Row;
  /** absent for a row that nothing is below */
  children?(): TreeNode[] | Promise<TreeNode[]>;
  /** Made only when the pointer rests on the row. */
  tooltip?(): vscode.MarkdownString | Promise<vscode.MarkdownString>;
}

/** How a node looks. What is in it may come from outside, as it is: shownRow.ts makes it safe. */
export interface Row extends Pick<vscode.TreeItem, 'id' | 'contextValue' | 'command' | 'resourceUri'> {
  readonly label: string;
  readonly description?: string | undefined;
  /** ids of VS Code's icons and colors */
  readonly icon: string;
  readonly color?: string | undefined;
  /** what a screen reader says, where it is more than the label and the description */
  readonly spoken?: string | undefined;
  readonly isButton?: true;
  /** A row that can be opened is closed at first, unless this says something else. */
  readonly state?: 'open' | 'shut' | undefined;
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
