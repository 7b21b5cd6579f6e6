import * as vscode from 'vscode';
import type { Services } from '../services';
import { pickRemote } from './pickRemote';
import { askCredentials } from './askCredentials';
import { mayContact } from './connect';

export async function setCredentials(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Set the credentials of which remote?');
  if (!remote) return;
  const credentials = await askCredentials(remote.name);
  if (!credentials) return;
  await services.vault.set(remote.summary, credentials);
  if (await mayContact(services, remote)) await remote.fetchStatusAgain();
}

export async function clearCredentials(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Clear the credentials of which remote?');
  if (!remote) return;
  await services.vault.clear(remote.summary);
  vscode.window.setStatusBarMessage(`$(check) The saved credentials of ${remote.name} are gone.`, 5_000);
}
