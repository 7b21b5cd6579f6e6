import * as vscode from 'vscode';
import type { WorkerSettings } from '../../worker/protocol';
import type { NameFilter } from '../../worker/protocol/transfers';
import { bounds, choiceOf, choices, flagOf, numberOf, patternsOf, textOf, textsOf } from './settingValues';

/** Name of the remote that the status bar shows, where a repository has it. */
export function defaultRemoteName(root: string): string {
  return textOf(vscode.workspace.getConfiguration('coral', vscode.Uri.file(root)).get('defaultRemote')) ?? 'origin';
}

/** Sets that name for the folder that a repository lies in; for the whole window where it lies above the folders. */
export async function setDefaultRemoteName(root: string, name: string): Promise<void> {
  const uri = vscode.Uri.file(root);
  const target = vscode.workspace.getWorkspaceFolder(uri)
    ? vscode.ConfigurationTarget.WorkspaceFolder
    : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration('coral', uri).update('defaultRemote', name, target);
}

/** Keeps a remote the default when it is called otherwise now, if the folder's settings say that it is. */
export async function followDefaultRemote(root: string, from: string, to: string): Promise<void> {
  const set = vscode.workspace.getConfiguration('coral', vscode.Uri.file(root)).inspect<string>('defaultRemote');
  if ((set?.workspaceFolderValue ?? set?.workspaceValue) === from) await setDefaultRemoteName(root, to);
}

/** Whether Sync shows what would move, and asks. */
export function asksBeforeSync(): boolean {
  return flagOf(vscode.workspace.getConfiguration('coral').get('confirmSync'), true);
}

export async function stopAskingBeforeSync(): Promise<void> {
  await vscode.workspace.getConfiguration('coral').update('confirmSync', false, vscode.ConfigurationTarget.Global);
}

/** Which weights of a repository transfers and previews are about. Patterns that are none do not count. */
export function nameFilterOf(root: string): NameFilter {
  const transfer = vscode.workspace.getConfiguration('coral.transfer', vscode.Uri.file(root));
  return { include: patternsOf(transfer.get('include')), exclude: patternsOf(transfer.get('exclude')) };
}

export interface AutofetchSettings {
  readonly mode: 'off' | 'default' | 'all';
  /** milliseconds */
  readonly period: number;
}

export function autofetchSettings(): AutofetchSettings {
  const coral = vscode.workspace.getConfiguration('coral');
  return {
    mode: choiceOf(coral.get('autofetch'), choices.autofetch, 'off'),
    period: numberOf(coral.get('autofetchPeriod'), bounds.autofetchPeriod) * 1000,
  };
}

/**
 * What the worker is to know: our own settings, and VS Code's about proxies and certificates. Whatever they hold, these values make sense.
 */
export function workerSettings(): Omit<WorkerSettings, 'logsRequests'> {
  const coral = vscode.workspace.getConfiguration('coral');
  const http = vscode.workspace.getConfiguration('http');
  const megabytes = numberOf(coral.get('bandwidthLimit'), bounds.bandwidthLimit);
  return {
    concurrency: Math.floor(numberOf(coral.get('concurrency'), bounds.concurrency)),
    bytesPerSecond: megabytes === 0 ? undefined : megabytes * 1_000_000,
    compression: choiceOf(coral.get('compression'), choices.compression, 'auto'),
    remotesFileShape: choiceOf(coral.get('remotesFile.shape'), choices.remotesFileShape, 'nested'),
    network: {
      proxy: textOf(http.get('proxy')),
      noProxy: textsOf(http.get('noProxy')),
      strictSSL: flagOf(http.get('proxyStrictSSL'), true),
    },
    systemCertificates: flagOf(http.get('systemCertificates'), true),
  };
}

/** By default of any setting that the worker may need to know. */
export function onDidChangeSettings(listener: () => void, sections = ['coral', 'http']): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (sections.some((section) => event.affectsConfiguration(section))) listener();
  });
}

/** Whether our own setting shows requests, whatever level VS Code has for the log. */
export function isTracing(): boolean {
  return choiceOf(vscode.workspace.getConfiguration('coral').get('logLevel'), choices.logLevel, 'info') === 'trace';
}
