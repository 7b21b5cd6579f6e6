import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { rememberEnvironment } from './text/redact';
import { startAutomation } from './vscode/automation/startAutomation';
import type { Manifest } from './vscode/command';
import { Consents } from './vscode/model/consents';
import { CoralModel } from './vscode/model/coralModel';
import { CredentialVault } from './vscode/model/credentialVault';
import { watchRepositories } from './vscode/model/watchRepositories';
import { StatusMemory } from './vscode/model/statusMemory';
import { Panels } from './vscode/panels/panels';
import { registerCommands } from './vscode/registerCommands';
import { registerFixes } from './vscode/remotesFile/registerFixes';
import { RemotesFileDiagnostics } from './vscode/remotesFile/remotesFileDiagnostics';
import { onDidChangeSettings, workerSettings } from './vscode/settings/settings';
import { HistoryTree, keepAgesFresh } from './vscode/tree/historyTree';
import { RemotesTree } from './vscode/tree/remotesTree';
import { RemotesView } from './vscode/tree/remotesView';
import { weightDecorations } from './vscode/tree/weightDecorations';
import { WeightListing } from './vscode/tree/weightListing';
import { keepContextKeys } from './vscode/ui/contextKeys';
import { ReadonlyDocuments } from './vscode/ui/readonlyDocuments';
import { Log } from './vscode/ui/log';
import { Previews } from './vscode/ui/previews';
import { showStatusBar } from './vscode/ui/showStatusBar';
import { WalkthroughSteps } from './vscode/ui/walkthroughSteps';
import { CoralClient } from './worker/client';

/** What other extensions get from `activate`. */
export interface CoralExtensionApi {
  readonly model: CoralModel;
  readonly client: CoralClient;
  readonly tree: RemotesTree;
  readonly remotesView: RemotesView;
  readonly history: HistoryTree;
  readonly panels: Panels;
}

export function activate(context: vscode.ExtensionContext): CoralExtensionApi {
  rememberEnvironment(process.env);
  const log = new Log();
  const consents = new Consents(context.globalState);
  const settings = () => ({ ...workerSettings(), logsRequests: log.showsRequests, realPaths: consents.realPaths() });
  const client = new CoralClient(
    () => new Worker(join(__dirname, 'worker.mjs'), { execArgv: [] }), settings(), (text) => log.request(text),
  );
  const configure = () => void client.configure(settings()).catch((error: unknown) => log.failure(error));
  const vault = new CredentialVault(context.secrets);
  const model = new CoralModel(client, vault, consents, new StatusMemory(context.workspaceState), log);
  const listing = new WeightListing(context.workspaceState);
  const tree = new RemotesTree(model, listing);
  const remotesView = new RemotesView(model, tree);
  const history = new HistoryTree(model, client);
  const historyView = vscode.window.createTreeView(
    'coral.history', { treeDataProvider: history, canSelectMany: true, showCollapseAll: true },
  );
  const documents = new ReadonlyDocuments();
  const previews = new Previews(documents);
  const walkthrough = new WalkthroughSteps(context.globalState, model);
  const manifest = context.extension.packageJSON as Manifest;
  const diagnostics = new RemotesFileDiagnostics(client, model, log);
  const services = { client, model, vault, consents, documents, log };
  const panels = new Panels({ ...services, extensionUri: context.extensionUri, walkthrough });
  context.subscriptions.push(
    log, client, consents, model, listing, tree, remotesView, documents, documents.register(), previews, previews.register(),
    history, historyView, keepAgesFresh(historyView, history),
    vscode.window.registerFileDecorationProvider(weightDecorations),
    showStatusBar(model),
    watchRepositories(model), walkthrough,
    diagnostics, registerFixes(diagnostics, model),
    keepContextKeys(model),
    log.onDidChangeLogLevel(configure), onDidChangeSettings(configure), consents.onDidChange(configure),
    registerCommands({ ...services, manifest, tree, remotesView, history, historyView, previews, panels }),
    startAutomation(services, context.secrets),
    panels.register(),
  );
  // The first worker starts when a repository was found, not now.
  model.scan().catch((error: unknown) => log.failure(error));
  return { model, client, tree, remotesView, history, panels };
}
