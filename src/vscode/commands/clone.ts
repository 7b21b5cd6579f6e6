import * as vscode from 'vscode';
import type { SyncResultJSON } from '../../core/transfer/syncResult';
import { formatCountOf } from '../../text/format';
import type { NewRemote } from '../../worker/protocol/remotes';
import type { Services } from '../actions/services';
import { settleRemote } from '../actions/settleRemote';
import { requireTrust } from '../ask/pickRemote';
import { describeRemote, remoteOf } from '../ask/remoteQuestions';
import { hasText } from '../ask/target';
import type { Command } from '../command';
import { withProgress } from '../ui/progress';
import { notify } from '../ui/say';
import { errorLine } from '../wording/transferText';

/**
 * Makes a repository of what a remote holds: asks for the remote as Add Remote does, then for the folder. `{ root, url }` leaves out the
 * questions.
 */
export const clone: Command = {
  id: 'coral.clone',
  async run(services, target) {
    requireTrust();
    const remote = await describe(services, target);
    const root = remote && (hasText(target, 'root') ? target.root : await askFolder(remote));
    if (!remote || root === undefined) return undefined;
    const result = await download(services, { ...remote, root });
    if (remote.credentials) await services.vault.set(remote, remote.credentials);
    const { realRoot, summary } = await services.client.call('describeRemote', { ...remote, root });
    await services.consents.give({ realRoot, ...summary }, { writes: true });
    tell(services, root, remote, result);
    return result;
  },
};

async function describe(services: Services, target: unknown): Promise<NewRemote | undefined> {
  const { client } = services;
  if (hasText(target, 'url')) {
    const { url, endpointUrl } = await client.call('readUrl', { url: target.url.trim() });
    return { root: '', name: 'origin', url, endpointUrl };
  }
  const draft = await describeRemote(client, 'Clone', []);
  const settled = draft && await settleRemote(services, 'Clone', remoteOf('', draft));
  return settled?.remote;
}

/** The folder chosen is where the new one comes: "models" of s3://bucket/models/. */
async function askFolder({ url }: NewRemote): Promise<string | undefined> {
  const [parent] = await vscode.window.showOpenDialog({
    canSelectFiles: false, canSelectFolders: true, openLabel: 'Clone Here',
    title: 'The new repository gets a folder of its own in this one',
  }) ?? [];
  const name = url.split('/').filter(Boolean).at(-1)?.replace(/[^\w.-]/g, '-') ?? 'coral';
  return parent && vscode.Uri.joinPath(parent, name).fsPath;
}

function download({ client }: Services, request: NewRemote): Promise<SyncResultJSON> {
  return withProgress(`Cloning ${request.url}`, (options) => client.call('clone', request, options));
}

function tell({ log }: Services, root: string, { url }: NewRemote, result: SyncResultJSON): void {
  const { pulledWeights, pulledCommits, errors, warnings } = result;
  for (const error of errors) log.error(`Clone ${url}: ${errorLine(error)}`);
  for (const warning of warnings) log.warn(`Clone ${url}: ${warning}`);
  const counts = `${formatCountOf(pulledWeights, 'weight')} and ${formatCountOf(pulledCommits, 'commit')}`;
  const lacking = errors.length > 0 ? ` ${formatCountOf(errors.length, 'thing')} could not be had; pull again for the rest.` : '';
  const open = { title: 'Open', run: () => vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(root)) };
  const level = errors.length > 0 || warnings.length > 0 ? 'warning' : 'info';
  const remark = warnings[0] === undefined ? '' : ` ${warnings[0]}`;
  notify(level, `Cloned ${counts} into ${root}.${lacking}${remark}`, [open, { title: 'Show Log', run: () => log.show() }]);
}
