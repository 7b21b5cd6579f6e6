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

/** The default remote of the repository at hand, at the left of the status bar. A click syncs it. */
export class StatusBar {
  readonly #model: CoralModel;
  readonly #item = vscode.window.createStatusBarItem('coral.sync', vscode.StatusBarAlignment.Left, 10);
  readonly #subscription: vscode.Disposable;

  constructor(model: CoralModel) {
    this.#model = model;
    this.#item.name = 'Coral';
    this.#subscription = vscode.Disposable.from(
      model.onDidChange(() => this.#update()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#update()),
      onDidChangeSettings(() => this.#update(), ['coral.defaultRemote']),
    );
    this.#update();
  }

  #update(): void {
    const repository = this.#currentRepository();
    const remote = repository && this.#model.defaultRemote(repository);
    if (!repository || !remote) {
      this.#item.hide();
      return;
    }
    if (remote.isUnknown) void remote.fetchStatusInTurn();
    const { icon, text } = lookOf(remote, repository);
    this.#item.text = `$(${icon}) ${safeText(text, 'label')}`;
    this.#item.tooltip = tooltipOf(repository);
    this.#item.accessibilityInformation = {
      label: safeText(`Coral: ${remote.name}, ${describe(remote, repository)}. Sync`, 'label'), role: 'button',
    };
    this.#item.command = { command: 'coral.sync', title: 'Sync', arguments: [remote.target] };
    this.#item.show();
  }

  /** The one that the active editor's file lies in, else the first with a remote. */
  #currentRepository(): RepositoryModel | undefined {
    const { repositories } = this.#model;
    const path = vscode.window.activeTextEditor?.document.uri.fsPath;
    const around = repositories.filter(
      ({ root }) => path !== undefined && (path === root || path.startsWith(`${root}/`) || path.startsWith(`${root}\\`)),
    );
    const nearest = around.sort((one, other) => other.root.length - one.root.length)[0];
    return nearest ?? repositories.find(({ remotes }) => remotes.length > 0);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }
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
