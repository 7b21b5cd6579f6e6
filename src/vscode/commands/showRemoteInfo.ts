import * as vscode from 'vscode';
import type { RemoteInfo } from '../../worker/protocol/remotes';
import { formatBytes, formatCount } from '../format';
import type { Services } from '../services';
import { mayContact } from './connect';
import { pickRemote } from './pickRemote';

export async function showRemoteInfo(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Show which remote?');
  if (!remote || !await mayContact(services, remote)) return;
  const title = `Asking ${remote.name}`;
  const info = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => remote.info());
  await services.documents.show(`${remote.name}.md`, infoText(info));
}

function infoText({ name, url, backend, credentialsSource, storage, refs }: RemoteInfo): string {
  const branches = Object.entries(refs).map(([branch, commit]) => `- ${branch}: ${commit}`);
  return [
    `# ${name}`, '',
    `- URL: ${url}`,
    `- Backend: ${backend}`,
    `- Location: ${storage.location}`,
    `- Credentials: ${credentialsSource}`,
    `- Weights: ${formatCount(storage.weights)}`,
    ...(storage.storedBytes === undefined ? [] : [`- Stored: ${formatBytes(storage.storedBytes)}`]),
    '', '## Branches', '',
    ...(branches.length > 0 ? branches : ['none']), '',
  ].join('\n');
}
