import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import { reportError } from '../actions/reportError';
import type { Services } from '../actions/services';
import { transferInBackground } from '../actions/transfer';
import type { RemoteModel } from '../model/remoteModel';
import { RepositoryModel } from '../model/repositoryModel';
import { partialText } from '../wording/transferText';
import { NewCommits } from './newCommits';
import type { Refusals } from './refusals';
import type { Surroundings } from './surroundings';

interface Waiting {
  readonly root: string;
  readonly name: string;
  /** It was tried; next when the remote is known to answer again. */
  readonly hasFailed: boolean;
}

/**
 * Pushes to the remotes with auto_push when a commit appears in an open repository. What cannot go now, because the window is not in front,
 * a transfer is under way or the remote does not answer, goes when that is over.
 */
export function startAutoPush(services: Services, refusals: Refusals, surroundings: Surroundings): vscode.Disposable {
  const { model, log } = services;
  const commits = new NewCommits();
  const waiting = new Map<string, Waiting>();
  const complained = new Set<string>();
  const stop = new AbortController();

  const expect = ({ root, remotes }: RepositoryModel): void => {
    for (const { name, summary } of remotes) {
      if (summary.autoPush) waiting.set(keyOf({ root, name }), { root, name, hasFailed: false });
    }
  };

  const mayPush = (remote: RemoteModel, hasFailed: boolean): boolean => (
    surroundings.isActive() && remote.isAllowed && remote.mayPushByItself && !remote.activity
      && !refusals.isRefused(remote) && !(hasFailed && remote.error));

  const pushWaiting = (): void => {
    for (const [key, { root, name, hasFailed }] of waiting) {
      const remote = model.remote(root, name);
      if (remote?.summary.autoPush && !mayPush(remote, hasFailed)) continue;
      waiting.delete(key);
      if (remote?.summary.autoPush) void push(remote);
    }
  };

  const push = async (remote: RemoteModel): Promise<void> => {
    const { root, name } = remote;
    const key = keyOf(remote);
    try {
      const result = await transferInBackground(services, remote, { direction: 'push' }, stop.signal);
      const [first] = result.errors;
      if (first) complain(remote, CoralError.fromJSON({ ...first, message: partialText('push', name, result) }));
      else complained.delete(key);
    } catch (error) {
      const known = CoralError.from(error);
      if (!waiting.has(key)) waiting.set(key, { root, name, hasFailed: known.reason !== 'busy' });
      complain(remote, known);
    }
  };

  /** Once, until a push goes through again. The status bar shows it for as long as it lasts. */
  const complain = (remote: RemoteModel, { reason, message }: CoralError): void => {
    const { name, target } = remote;
    if (complained.has(keyOf(remote)) || stop.signal.aborted || reason === 'busy') return;
    complained.add(keyOf(remote));
    const error = new CoralError(reason, `Auto push to ${name}: ${message}`, { remote: name });
    reportError(log, error, { remote, retry: () => vscode.commands.executeCommand('coral.push', target) });
  };

  for (const { snapshot } of model.repositories) if (snapshot) commits.see(snapshot);
  return vscode.Disposable.from(
    { dispose: () => stop.abort() },
    surroundings.onDidChange(pushWaiting),
    model.onDidChange((change) => {
      if (change instanceof RepositoryModel && change.snapshot && commits.see(change.snapshot)) expect(change);
      pushWaiting();
    }),
  );
}

function keyOf({ root, name }: { readonly root: string; readonly name: string }): string {
  return `${root}\0${name}`;
}
