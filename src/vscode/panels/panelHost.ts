import type * as vscode from 'vscode';
import type { Services } from '../actions/services';
import type { WalkthroughSteps } from '../ui/walkthroughSteps';

/** What tabs work with. */
export interface PanelHost extends Services {
  /** where the extension is installed */
  readonly extensionUri: vscode.Uri;
  readonly walkthrough: WalkthroughSteps;
}
