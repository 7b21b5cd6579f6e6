import * as vscode from 'vscode';
import { type Conflict, CoralError } from '../../core/base/errors';
import type { RemoteModel } from '../model/remoteModel';
import type { Log } from '../ui/log';
import { openFileAt } from '../ui/openFile';
import { type Action, notify } from '../ui/say';

export interface ErrorContext {
  readonly remote?: RemoteModel | undefined;
  /** does again what failed */
  readonly retry?: (() => unknown) | undefined;
  /** does again what failed, and creates the bucket first */
  readonly createBucket?: (() => unknown) | undefined;
}

/** What went wrong, in its own words, with buttons for the next step. Cancelling is no error. */
export function reportError(log: Log, error: unknown, context: ErrorContext = {}): void {
  const known = CoralError.from(error);
  if (known.reason === 'cancelled') return;
  log.failure(error);
  notify('error', known.message, nextSteps(log, known, context));
}

/** What settles a conflict; any other one may be gone at the next try. */
const conflictSteps: Readonly<Partial<Record<Conflict, { readonly title: string; readonly command: string }>>> = {
  diverged: { title: 'Pull', command: 'coral.pull' },
  place: { title: 'Open remotes.json', command: 'coral.openRemotesFile' },
  credentials: { title: 'Connect', command: 'coral.fetchStatus' },
  link: { title: 'Use Linked Folder', command: 'coral.useLinked' },
};

function nextSteps(log: Log, error: CoralError, { remote, retry, createBucket }: ErrorContext): Action[] {
  const showLog: Action = { title: 'Show Log', run: () => log.show() };
  const again: Action[] = retry ? [{ title: 'Retry', run: retry }] : [];
  const target = remote?.target;
  const command = (title: string, id: string): Action => ({ title, run: () => vscode.commands.executeCommand(id, target) });
  const editRemote = target ? [command('Edit Remote', 'coral.editRemote')] : [];
  const setCredentials = target ? [command('Set Credentials', 'coral.setCredentials')] : [];
  const copyPolicy = remote?.backend?.policy ? [command('Copy Policy', 'coral.copyBucketPolicy')] : [];
  const { path, line } = error;
  if (path?.endsWith('.json')) return [{ title: 'Open File', run: () => openFileAt(path, line) }, showLog];
  switch (error.reason) {
    case 'auth':
      return [...setCredentials, ...again, showLog];
    case 'denied':
      return [...copyPolicy, ...setCredentials, ...again, showLog];
    case 'missing':
      return [...(createBucket ? [{ title: 'Create Bucket', run: createBucket }] : []), ...editRemote, showLog];
    case 'conflict': {
      const step = target && error.conflict && conflictSteps[error.conflict];
      return [...(step ? [command(step.title, step.command)] : again), showLog];
    }
    case 'network':
      return [...again, ...editRemote, showLog];
    case 'corrupt': {
      const damaged = path?.includes('.coral') ? remote && { root: remote.root } : target;
      return [{ title: 'Check Integrity', run: () => vscode.commands.executeCommand('coral.checkIntegrity', damaged) }, showLog];
    }
    case 'busy':
    case 'full':
      return [...again, showLog];
    default:
      return [showLog];
  }
}
