import * as vscode from 'vscode';
import type { RemotesFinding } from '../../core/remotes/remotesFindings';
import { safeText } from '../../text/safeText';
import type { CoralClient } from '../../worker/client';
import type { CoralModel } from '../model/coralModel';
import { RemoteModel } from '../model/remoteModel';
import type { Log } from '../ui/log';
import { remotesFile } from '../ui/openFile';

/** Milliseconds of quiet after a change before a text is read again. */
const quietPeriod = 300;

/** Any remotes.json on this machine. */
export const remotesFileSelector: vscode.DocumentSelector = { scheme: 'file', pattern: '**/.coral/remotes.json' };

/** A diagnostic, and what it was made of. */
export interface ShownFinding {
  readonly diagnostic: vscode.Diagnostic;
  readonly finding: RemotesFinding;
}

/**
 * Shows what there is to say about the remotes.json of each open repository, and of each that is open in an editor, as it is
 * typed. Nothing is read in an untrusted workspace.
 */
export class RemotesFileDiagnostics {
  readonly #client: CoralClient;
  readonly #model: CoralModel;
  readonly #log: Log;
  readonly #collection = vscode.languages.createDiagnosticCollection('coral');
  readonly #shown = new Map<string, readonly ShownFinding[]>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #subscription: vscode.Disposable;

  constructor(client: CoralClient, model: CoralModel, log: Log) {
    this.#client = client;
    this.#model = model;
    this.#log = log;
    const typed = (document: vscode.TextDocument) => { if (isRemotesFile(document)) this.#soon(document.uri); };
    const onDisk = vscode.workspace.createFileSystemWatcher('**/.coral/remotes.json');
    const changed = (uri: vscode.Uri) => this.#soon(uri);
    this.#subscription = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument(typed), vscode.workspace.onDidCloseTextDocument(typed),
      vscode.workspace.onDidChangeTextDocument(({ document }) => typed(document)),
      onDisk, onDisk.onDidCreate(changed), onDisk.onDidChange(changed), onDisk.onDidDelete(changed),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#all()),
      model.onDidChange((change) => { if (!(change instanceof RemoteModel)) this.#all(); }),
    );
    this.#all();
  }

  /** What is shown for a file, as of the last look at it. */
  shown(uri: vscode.Uri): readonly ShownFinding[] {
    return this.#shown.get(uri.toString()) ?? [];
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    vscode.Disposable.from(this.#subscription, this.#collection).dispose();
  }

  #all(): void {
    const open = vscode.workspace.textDocuments.filter(isRemotesFile).map(({ uri }) => uri);
    const shown = [...this.#shown.keys()].map((key) => vscode.Uri.parse(key));
    for (const uri of [...open, ...shown, ...this.#model.repositories.map(fileOf)]) this.#soon(uri);
  }

  #soon(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(key, setTimeout(() => void this.#inspect(uri).catch((error: unknown) => this.#log.failure(error)), quietPeriod));
  }

  async #inspect(uri: vscode.Uri): Promise<void> {
    const key = uri.toString();
    const timer = this.#timers.get(key);
    const text = await this.#read(uri);
    const findings = text === undefined ? [] : await this.#client.call('inspectRemotesFile', { text });
    if (this.#timers.get(key) !== timer) return; // the text has changed meanwhile, and is read again
    const shown = findings.filter(({ code }) => !isSaidByEditor(code, uri))
      .map((finding) => ({ finding, diagnostic: diagnosticOf(finding, text ?? '') }));
    if (text === undefined) this.#shown.delete(key);
    else this.#shown.set(key, shown);
    this.#collection.set(uri, shown.map(({ diagnostic }) => diagnostic));
  }

  /** What the editor shows, else what lies on disk; undefined for a file that is nobody's any more, and where nothing may be read. */
  async #read(uri: vscode.Uri): Promise<string | undefined> {
    if (!vscode.workspace.isTrusted) return undefined;
    const open = openDocument(uri);
    if (open) return open.getText();
    if (!this.#model.repositories.some((repository) => fileOf(repository).toString() === uri.toString())) return undefined;
    return this.#client.call('readRemotesFile', { path: uri.fsPath });
  }
}

function fileOf({ root }: { readonly root: string }): vscode.Uri {
  return vscode.Uri.file(remotesFile(root));
}

function isRemotesFile(document: vscode.TextDocument): boolean {
  return vscode.languages.match(remotesFileSelector, document) > 0;
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((document) => !document.isClosed && document.uri.toString() === uri.toString());
}

/** VS Code's own JSON support says these of what is open in an editor. */
function isSaidByEditor(code: RemotesFinding['code'], uri: vscode.Uri): boolean {
  return (code === 'syntax' || code === 'repeated') && openDocument(uri) !== undefined
    && vscode.extensions.getExtension('vscode.json-language-features') !== undefined;
}

const severities = {
  error: vscode.DiagnosticSeverity.Error, warning: vscode.DiagnosticSeverity.Warning, information: vscode.DiagnosticSeverity.Information,
};

function diagnosticOf({ code, severity, message, offset, length }: RemotesFinding, text: string): vscode.Diagnostic {
  const range = new vscode.Range(positionAt(text, offset), positionAt(text, offset + length));
  const diagnostic = new vscode.Diagnostic(range, safeText(message, 'message'), severities[severity]);
  diagnostic.source = 'Coral';
  diagnostic.code = code;
  return diagnostic;
}

function positionAt(text: string, offset: number): vscode.Position {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return new vscode.Position(lines.length - 1, lines.at(-1)?.length ?? 0);
}
