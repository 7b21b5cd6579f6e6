import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import type { Progress } from '../../core/transfer/progress';
import { formatBytesOf, formatCount } from '../../text/format';
import type { PageSays, Problem, Working } from '../../webview/messages';
import type { CallOptions } from '../../worker/rpc';

export interface PageOptions<Asks> {
  readonly extensionUri: vscode.Uri;
  /** of dist/webview, without its ending */
  readonly script: string;
  /** what the page is about; it comes back with the page's state when VS Code restores it */
  readonly target: unknown;
  /** called once, when the page is first there */
  readonly onReady: () => void;
  readonly onMessage: (message: Asks) => void;
}

/** Scripts and styles of pages come from here, and nothing else does. */
export function pageRoots(extensionUri: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist', 'webview'), vscode.Uri.joinPath(extensionUri, 'media')];
}

/**
 * The host's side of one webview. It is made of parts that are computed one by one; what was said last of each is said again when
 * the page comes back after having been hidden, which throws it away.
 */
export class WebviewPage<Part extends string, To, Asks extends { readonly kind: string }> {
  readonly #webview: vscode.Webview;
  readonly #said = new Map<Part, To | Working<Part> | Problem<Part>>();
  readonly #running = new Map<Part, AbortController>();
  readonly #subscription: vscode.Disposable;
  #isReady = false;
  #isDisposed = false;

  constructor(panel: vscode.WebviewPanel, options: PageOptions<Asks>) {
    this.#webview = panel.webview;
    this.#webview.options = { enableScripts: true, localResourceRoots: pageRoots(options.extensionUri) };
    this.#subscription = this.#webview.onDidReceiveMessage((message: Asks | PageSays<Part>) => {
      if (message.kind === 'ready') this.#ready(options.onReady);
      else if (message.kind === 'cancel') this.#cancel((message as { part: Part }).part, 'Cancelled.');
      else options.onMessage(message as Asks);
    });
    panel.onDidDispose(() => this.#dispose());
    this.#webview.html = html(this.#webview, options);
  }

  /**
   * Computes a part and says what came of it. A later run of the same part takes its place: what the earlier one says is dropped.
   * undefined when it failed, was cancelled or replaced.
   */
  async run<T>(
    part: Part, work: (options: CallOptions & { readonly signal: AbortSignal }) => Promise<T>, message: (value: T) => To,
  ): Promise<T | undefined> {
    this.#cancel(part, 'Replaced.');
    const controller = new AbortController();
    this.#running.set(part, controller);
    const isCurrent = (): boolean => this.#running.get(part) === controller;
    const onProgress = (progress: Progress): void => {
      if (isCurrent()) this.#say(part, { kind: 'working', part, ...describe(progress) });
    };
    try {
      const value = await work({ onProgress, signal: controller.signal });
      if (!isCurrent()) return undefined;
      this.#say(part, message(value));
      return value;
    } catch (error) {
      if (isCurrent()) this.#say(part, { kind: 'problem', part, message: CoralError.from(error).message });
      return undefined;
    } finally {
      if (isCurrent()) this.#running.delete(part);
    }
  }

  #cancel(part: Part, why: string): void {
    this.#running.get(part)?.abort(new CoralError('cancelled', why));
  }

  #say(part: Part, message: To | Working<Part> | Problem<Part>): void {
    if (this.#isDisposed) return;
    this.#said.set(part, message);
    void this.#webview.postMessage(message);
  }

  #ready(onReady: () => void): void {
    if (this.#isReady) for (const message of this.#said.values()) void this.#webview.postMessage(message);
    else onReady();
    this.#isReady = true;
  }

  #dispose(): void {
    this.#isDisposed = true;
    this.#subscription.dispose();
    for (const controller of this.#running.values()) controller.abort(new CoralError('cancelled', 'Closed.'));
    this.#running.clear();
  }
}

function describe({ bytesDone, bytesTotal, weightsDone, weightsTotal }: Progress): { fraction: number; text: string } {
  if (bytesTotal !== undefined) {
    return { fraction: bytesTotal === 0 ? 1 : bytesDone / bytesTotal, text: formatBytesOf(bytesDone, bytesTotal) };
  }
  const text = `${formatCount(weightsDone)} of ${formatCount(weightsTotal)} weights`;
  return { fraction: weightsTotal === 0 ? 0 : weightsDone / weightsTotal, text };
}

function html(
  webview: vscode.Webview, { extensionUri, script, target }: Pick<PageOptions<never>, 'extensionUri' | 'script' | 'target'>,
): string {
  const uri = (...path: string[]): string => attribute(webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...path)).toString());
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${uri('media', 'webview.css')}">
<title>Coral</title>
</head>
<body data-target="${attribute(JSON.stringify(target))}">
<main id="page"></main>
<script nonce="${nonce}" src="${uri('dist', 'webview', `${script}.js`)}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
