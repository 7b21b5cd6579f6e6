import * as vscode from 'vscode';
import { formatAheadBehind, formatRate, formatTime } from '../../text/format';
import { safeText } from '../../text/safeText';
import type { CoralModel } from '../model/coralModel';
import type { RemoteModel } from '../model/remoteModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { onDidChangeSettings } from '../settings/settings';
import { countedText, damageText, divergedBranches, otherDifferences, sharesContents, spokenState } from '../wording/statusText';
import { linksMarkdown } from './markdown';

const links = [
  { title: 'Push', command: 'coral.push' }, { title: 'Pull', command: 'coral.pull' },
  { title: 'Sync', command: 'coral.sync' }, { title: 'Preview', command: 'coral.previewSync' },
];
const log = { title: 'Show Log', command: 'coral.showLog' };

/** Shows the default remote of the repository at hand, at the left of the status bar. A click syncs it. */
export function showStatusBar(model: CoralModel): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('coral.sync', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Coral';
  const update = () => draw(item, model);
  update();
  return vscode.Disposable.from(
    item, model.onDidChange(update), vscode.window.onDidChangeActiveTextEditor(update),
    onDidChangeSettings(update, ['coral.defaultRemote']),
  );
}

function draw(item: vscode.StatusBarItem, model: CoralModel): void {
  const repository = currentRepository(model);
  const remote = repository && model.defaultRemote(repository);
  if (!repository || !remote) {
    item.hide();
    return;
  }
  if (remote.isUnknown) void remote.fetchStatusInTurn();
  const { icon, text } = lookOf(remote, repository);
  item.text = `$(${icon}) ${safeText(text, 'label')}`;
  item.tooltip = tooltipOf(repository);
  item.accessibilityInformation = {
    label: safeText(`Coral: ${remote.name}, ${describe(remote, repository)}. Sync`, 'label'), role: 'button',
  };
  item.command = { command: 'coral.sync', title: 'Sync', arguments: [remote.target] };
  item.show();
}

/** The one that the active editor's file lies in, else the first with a remote. */
function currentRepository({ repositories }: CoralModel): RepositoryModel | undefined {
  const path = vscode.window.activeTextEditor?.document.uri.fsPath;
  const around = repositories.filter(
    ({ root }) => path !== undefined && (path === root || path.startsWith(`${root}/`) || path.startsWith(`${root}\\`)),
  );
  const nearest = around.sort((one, other) => other.root.length - one.root.length)[0];
  return nearest ?? repositories.find(({ remotes }) => remotes.length > 0);
}

function lookOf(remote: RemoteModel, repository: RepositoryModel): { readonly icon: string; readonly text: string } {
  const { name, activity, error, trouble, status, isChecking, isAllowed } = remote;
  if (!isAllowed) return { icon: 'debug-disconnect', text: `${name} not connected` };
  if (activity) {
    const rate = activity.bytesPerSecond ? ` · ${formatRate(activity.bytesPerSecond)}` : '';
    return { icon: 'sync~spin', text: `${Math.floor(activity.fraction * 100)} %${rate}` };
  }
  if (isChecking && !status) return { icon: 'sync~spin', text: name };
  if (error) return { icon: error.reason === 'network' ? 'debug-disconnect' : 'error', text: `${name} ${trouble}` };
  if (!status) return { icon: 'sync', text: name };
  const [difference] = otherDifferences(status);
  const damage = damageText(repository.damage.count(undefined, remote));
  const icon = damage !== '' || divergedBranches(status).length > 0 ? 'warning' : status.isSynced ? 'check' : 'sync';
  return { icon, text: [name, formatAheadBehind(status.ahead, status.behind) || difference, damage].filter(Boolean).join(' ') };
}

function describe(remote: RemoteModel, repository: RepositoryModel): string {
  const { activity, error, status, isAllowed } = remote;
  if (!isAllowed) return 'not connected: it came with this folder. Choose Connect in the Remotes view.';
  if (activity) return `${Math.floor(activity.fraction * 100)} % done`;
  if (error) return error.message;
  if (!status) return 'not checked yet';
  const damage = damageText(repository.damage.count(undefined, remote));
  return `${[spokenState(status), damage].filter(Boolean).join(', ')} (checked ${formatTime(status.checkedAt, Date.now())})`;
}

/** A line for each remote, and links to the commands one wants there. */
function tooltipOf(repository: RepositoryModel): vscode.MarkdownString {
  const { remotes } = repository;
  const things = remotes.map(
    (remote) => ({ name: remote.name, text: describe(remote, repository), target: remote.target, links }),
  );
  return linksMarkdown(things, remotes.some(({ status }) => status && sharesContents(status)) ? [countedText] : [], [log]);
}
