import * as vscode from 'vscode';
import { type Conflict, CoralError } from '../../core/errors';
import type { SyncResultJSON } from '../../core/remotes/syncResult';
import { formatCount } from '../../text/format';
import { openFileAt } from '../ui/openFile';
import type { RemoteModel, TransferChoice } from '../model/remoteModel';
import { againTitle, cancelledText, detailsText, errorLine, failedHashes, movedNothing, movedWeights, partialText, pulled, pushed, successText, transferTitle } from '../wording/transferText';
import { type Action, mention, notify } from '../ui/say';
import type { Services } from './services';

export interface ErrorContext {
  readonly remote?: RemoteModel | undefined;
  /** does again what failed */
  readonly retry?: (() => unknown) | undefined;
  /** does again what failed, and creates the bucket first */
  readonly createBucket?: (() => unknown) | undefined;
}

/** What went wrong, in its own words, with buttons for the next step. Cancelling is no error. */
export function reportError(services: Services, error: unknown, context: ErrorContext = {}): void {
  const known = CoralError.from(error);
  if (known.reason === 'cancelled') return;
  services.log.failure(error);
  notify('error', known.message, nextSteps(services, known, context));
}

/** What settles a conflict; any other one may be gone at the next try. */
const conflictSteps: Readonly<Partial<Record<Conflict, { readonly title: string; readonly command: string }>>> = {
  diverged: { title: 'Pull', command: 'coral.pull' },
  place: { title: 'Open remotes.json', command: 'coral.openRemotesFile' },
  credentials: { title: 'Connect', command: 'coral.fetchStatus' },
  link: { title: 'Use Linked Folder', command: 'coral.useLinked' },
};

function nextSteps(services: Services, error: CoralError, { remote, retry, createBucket }: ErrorContext): Action[] {
  const showLog: Action = { title: 'Show Log', run: () => services.log.show() };
  const again: Action[] = retry ? [{ title: 'Retry', run: retry }] : [];
  const target = remote && { root: remote.root, remote: remote.name };
  const editRemote: Action[] = remote ? [{ title: 'Edit Remote', run: () => vscode.commands.executeCommand('coral.editRemote', target) }] : [];
  const setCredentials: Action[] = target
    ? [{ title: 'Set Credentials', run: () => vscode.commands.executeCommand('coral.setCredentials', target) }] : [];
  const copyPolicy: Action[] = remote?.backend?.policy
    ? [{ title: 'Copy Policy', run: () => vscode.commands.executeCommand('coral.copyBucketPolicy', target) }] : [];
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
      return [...(step ? [{ title: step.title, run: () => vscode.commands.executeCommand(step.command, target) }] : again), showLog];
    }
    case 'network':
      return [...again, ...editRemote, showLog];
    case 'corrupt':
      return [{ title: 'Check Integrity', run: () => vscode.commands.executeCommand('coral.checkIntegrity', path?.includes('.coral') ? remote && { root: remote.root } : target) }, showLog];
    case 'busy':
    case 'full':
      return [...again, showLog];
    default:
      return [showLog];
  }
}

export interface FinishedTransfer {
  readonly remote: RemoteModel;
  readonly choice: TransferChoice;
  readonly result: SyncResultJSON;
  readonly milliseconds: number;
  readonly again: (choice: TransferChoice) => unknown;
}

/** One short message about how a transfer ended; its details go to the log. */
export function reportTransfer(services: Services, finished: FinishedTransfer): void {
  const { remote, choice, result, milliseconds } = finished;
  const { direction } = choice;
  const errors = result.errors.map((error) => CoralError.fromJSON(error));
  const details: Action = { title: 'Show Details', run: () => showDetails(services, finished) };
  logTransfer(services, finished);
  if (errors.some((error) => error.reason === 'cancelled')) {
    const again: Action = { title: againTitle(direction), run: () => finished.again(choice) };
    notify('info', cancelledText(direction, remote.name, movedWeights(result)), [again]);
  } else if (errors.length > 0) {
    reportFailures(services, finished, errors, details);
  } else if (movedNothing(result) && result.warnings.length > 0) {
    notify('warning', `${transferTitle(direction, remote.name)}: ${String(result.warnings[0])}`, [details]);
  } else if (movedNothing(result)) {
    mention(`${remote.name} is up to date.`);
  } else {
    const text = successText(direction, remote.name, result, milliseconds);
    if (result.warnings.length === 0) notify('info', text);
    else notify('warning', `${text} ${String(result.warnings[0])}`, [details]);
  }
}

/** One cause that let nothing through speaks for itself; otherwise the failures are counted. */
function reportFailures(services: Services, finished: FinishedTransfer, errors: readonly CoralError[], details: Action): void {
  const { remote, choice, result, again } = finished;
  const [first] = errors;
  if (first && movedNothing(result) && errors.every(({ reason, message }) => reason === first.reason && (errors.length === 1 || message === first.message))) {
    reportError(services, first, { remote, retry: () => again(choice), createBucket: () => again({ ...choice, createBucket: true }) });
    return;
  }
  // Without force a transfer moves only what is missing, which is all that failed.
  const retry = choice.force ? { ...choice, weightHashes: failedHashes(result) } : choice;
  const isRefused = errors.some(({ reason }) => reason === 'auth' || reason === 'denied');
  const target = { root: remote.root, remote: remote.name };
  notify('error', partialText(choice.direction, remote.name, result), [
    { title: 'Retry Failed', run: () => again(retry) },
    ...(isRefused ? [{ title: 'Set Credentials', run: () => vscode.commands.executeCommand('coral.setCredentials', target) }] : []),
    details,
  ]);
}

function showDetails(services: Services, { remote, choice, result }: FinishedTransfer): Thenable<void> {
  const title = transferTitle(choice.direction, remote.name);
  return services.documents.show(`${title}.md`, detailsText(title, result));
}

/** Errors of one transfer, and warnings. */
const mostLogged = 200;

/** How a transfer ended, in the log. */
export function logTransfer({ log }: Services, { remote, choice, result, milliseconds }: Omit<FinishedTransfer, 'again'>): void {
  const title = transferTitle(choice.direction, remote.name);
  const [up, down] = [pushed(result), pulled(result)].map((moved) => moved.join(', ') || 'nothing');
  log.info(`${title}: ${up} up, ${down} down, ${result.bytesTransferred} bytes, ${Math.round(milliseconds)} ms.`);
  for (const warning of result.warnings.slice(0, mostLogged)) log.warn(`${title}: ${warning}`);
  for (const error of result.errors.slice(0, mostLogged)) log.error(`${title}: ${errorLine(error)}`);
  const more = Math.max(0, result.warnings.length - mostLogged) + Math.max(0, result.errors.length - mostLogged);
  if (more > 0) log.info(`${title}: ${formatCount(more)} more are in "Show Details".`);
}
