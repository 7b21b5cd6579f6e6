import * as vscode from 'vscode';
import { safeText } from '../../text/safeText';

const scheme = 'coral';

/** Where the document of this title is shown. */
export function documentUri(title: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${safeText(title, 'label').replaceAll('/', '∕')}` });
}

/** Text for reading only, in an editor tab: details of a result, facts about a remote. */
export class ReadonlyDocuments implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #data = new Map<string, unknown>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscription = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    if (uri.scheme !== scheme) return;
    this.#texts.delete(uri.toString());
    this.#data.delete(uri.toString());
  });

  readonly onDidChange = this.#changes.event;

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** What a document was made from, if it was given. */
  dataOf(uri: vscode.Uri): unknown {
    return this.#data.get(uri.toString());
  }

  /**
   * @param title names the tab; the same title again replaces the text
   * @param lines each stays one line, whatever is in it
   * @param data what the text says, for programs
   */
  async show(title: string, lines: readonly string[], data?: unknown): Promise<void> {
    const text = lines.map((line) => safeText(line, 'document')).join('\n');
    const uri = documentUri(title);
    this.#texts.set(uri.toString(), text);
    this.#data.set(uri.toString(), data);
    this.#changes.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await untilItSays(document, text);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changes.dispose();
  }
}

/** A document that VS Code still knows takes its new text a moment after it was told; shown at once it would say what it said before. */
async function untilItSays(document: vscode.TextDocument, text: string): Promise<void> {
  if (document.getText() === text) return;
  await new Promise<void>((resolve) => {
    const end = () => { subscription.dispose(); clearTimeout(timer); resolve(); };
    const subscription = vscode.workspace.onDidChangeTextDocument(
      (change) => { if (change.document === document && document.getText() === text) end(); },
    );
    const timer = setTimeout(end, maxWait);
  });
}

/** milliseconds */
const maxWait = 1_000;
