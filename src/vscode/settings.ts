import * as vscode from 'vscode';
import type { WorkerSettings } from '../worker/protocol';

/** Name of the remote that the status bar shows, where a repository has it. */
export function defaultRemoteName(root: string): string {
  return vscode.workspace.getConfiguration('coral', vscode.Uri.file(root)).get<string>('defaultRemote', 'origin');
}

/** What the worker is to know: our own settings, and VS Code's about proxies and certificates. */
export function workerSettings(): WorkerSettings {
  const coral = vscode.workspace.getConfiguration('coral');
  const http = vscode.workspace.getConfiguration('http');
  return {
    concurrency: coral.get<number>('concurrency'),
    compression: coral.get<'auto' | 'gzip' | 'none'>('compression'),
    remotesFileShape: coral.get<'nested' | 'flat'>('remotesFile.shape'),
    network: {
      proxy: http.get<string>('proxy') || undefined,
      noProxy: http.get<string[]>('noProxy'),
      strictSSL: http.get<boolean>('proxyStrictSSL'),
    },
    systemCertificates: http.get<boolean>('systemCertificates'),
  };
}

/** Calls back when one of the settings above changes. */
export function onDidChangeWorkerSettings(listener: (settings: WorkerSettings) => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('coral') || event.affectsConfiguration('http')) listener(workerSettings());
  });
}
