import * as vscode from 'vscode';
import { remoteInfoJson } from '../panels/remoteInfoPanel';
import { signalOf } from '../progress';
import type { Services } from '../services';
import { mayContact } from './connect';
import { pickRemote } from './pickRemote';

export async function showRemoteInfo(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Show which remote?');
  if (remote && await mayContact(services, remote)) services.panels.showRemoteInfo(services, { root: remote.root, remote: remote.name });
}

/** All that the page shows, for programs. Reads the metadata of every weight there. */
export async function copyRemoteInfo(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Copy the info of which remote?');
  if (!remote || !await mayContact(services, remote)) return;
  const options = { location: vscode.ProgressLocation.Notification, title: `Reading what ${remote.name} holds`, cancellable: true };
  await vscode.window.withProgress(options, async (progress, token) => {
    const signal = signalOf(token);
    const onProgress = ({ weightsDone, weightsTotal }: { weightsDone: number; weightsTotal: number }): void =>
      progress.report({ message: `${weightsDone.toLocaleString('en-US')} of ${weightsTotal.toLocaleString('en-US')} weights` });
    const info = await remote.info(signal);
    await vscode.env.clipboard.writeText(remoteInfoJson(info, await remote.contents({ onProgress, signal })));
  });
  vscode.window.setStatusBarMessage(`$(check) The info of ${remote.name} is on the clipboard.`, 5_000);
}
