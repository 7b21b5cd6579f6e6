import * as vscode from 'vscode';
import type { TransferPreview } from '../../core/sync/transferPreview';
import type { TransferAction, PreviewChoice } from '../../worker/protocol/transfers';
import type { RemoteModel } from '../model/remoteModel';
import { movesNothing, previewText, previewTitle } from '../wording/previewText';
import { documentUri, type ReadonlyDocuments } from './readonlyDocuments';

interface TransferCommands { readonly title: string; readonly run: string; readonly runUpTo?: string; readonly again: string }
const commands: Record<TransferAction, TransferCommands> = {
  push: { title: 'Push', run: 'coral.push', runUpTo: 'coral.pushUpTo', again: 'coral.previewPush' },
  pull: { title: 'Pull', run: 'coral.pull', runUpTo: 'coral.pullUpTo', again: 'coral.previewPull' },
  sync: { title: 'Sync', run: 'coral.sync', again: 'coral.previewSync' },
};

/**
 * Previews as documents for reading: one can search and copy them, and they hold no markup that a name could become part of.
 * Above the first line are the commands that go on from there.
 */
export class Previews implements vscode.CodeLensProvider {
  readonly #documents: ReadonlyDocuments;
  readonly #lenses = new Map<string, readonly vscode.CodeLens[]>();
  readonly #changes = new vscode.EventEmitter<void>();

  readonly onDidChangeCodeLenses = this.#changes.event;

  constructor(documents: ReadonlyDocuments) {
    this.#documents = documents;
  }

  register(): vscode.Disposable {
    return vscode.languages.registerCodeLensProvider({ scheme: documentUri('').scheme }, this);
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    return [...this.#lenses.get(uri.toString()) ?? []];
  }

  async show(choice: PreviewChoice, remote: RemoteModel, preview: TransferPreview): Promise<void> {
    const title = `${previewTitle(choice, remote.name)} (Preview)`;
    this.#lenses.set(documentUri(title).toString(), lensesOf(choice, remote, preview));
    this.#changes.fire();
    await this.#documents.show(title, previewText(choice, preview, Date.now()));
  }

  dispose(): void {
    this.#changes.dispose();
  }
}

function lensesOf({ direction, upTo }: PreviewChoice, { target }: RemoteModel, preview: TransferPreview): vscode.CodeLens[] {
  const { title, run, runUpTo = run, again } = commands[direction];
  const lens = (text: string, command: string, argument: object) => (
    new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title: text, command, arguments: [argument] }));
  return [
    // Who has read the preview need not be asked again.
    ...(movesNothing(preview)
      ? []
      : [lens(title, upTo === undefined ? run : runUpTo, { ...target, commit: upTo, agreedPlan: preview.fingerprint })]),
    lens('Preview Again', again, { ...target, upTo }),
  ];
}
