import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import type { SyncResultJSON } from '../../core/transfer/syncResult';
import { formatCount } from '../../text/format';
import type { TransferChoice } from '../../worker/protocol/transfers';
import type { RemoteModel } from '../model/remoteModel';
import type { Log } from '../ui/log';
import { type Action, mention, notify } from '../ui/say';
import {
  againTitle, cancelledText, detailsText, errorLine, failedHashes, movedNothing, movedWeights, partialText, pulled, pushed, successText,
  transferTitle,
} from '../wording/transferText';
import { reportError } from './reportError';
import type { Services } from './services';

type Shown = Pick<Services, 'documents' | 'log'>;

export interface FinishedTransfer {
  readonly remote: RemoteModel;
  readonly choice: TransferChoice;
  readonly result: SyncResultJSON;
  readonly milliseconds: number;
  readonly again: (choice: TransferChoice) => unknown;
}

/** One short message about how a transfer ended; its details go to the log. */
export function reportTransfer(services: Shown, finished: FinishedTransfer): void {
  const { remote, choice, result, milliseconds } = finished;
  const { direction } = choice;
  const errors = result.errors.map((error) => CoralError.fromJSON(error));
  const details: Action = { title: 'Show Details', run: () => showDetails(services, finished) };
  logTransfer(services.log, finished);
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
function reportFailures({ log }: Shown, finished: FinishedTransfer, errors: readonly CoralError[], details: Action): void {
  const { remote, choice, result, again } = finished;
  const [first] = errors;
  const isOneCause = errors.every(({ reason, message }) => reason === first?.reason && message === first.message);
  if (first && isOneCause && movedNothing(result)) {
    reportError(log, first, { remote, retry: () => again(choice), createBucket: () => again({ ...choice, createBucket: true }) });
    return;
  }
  // Without force a transfer moves only what is missing, which is all that failed.
  const retry = choice.force ? { ...choice, weightHashes: failedHashes(result) } : choice;
  const isRefused = errors.some((error) => CoralError.means(error, 'waits for the user'));
  notify('error', partialText(choice.direction, remote.name, result), [
    { title: 'Retry Failed', run: () => again(retry) },
    ...(isRefused ? [{ title: 'Set Credentials', run: () => vscode.commands.executeCommand('coral.setCredentials', remote.target) }] : []),
    details,
  ]);
}

function showDetails({ documents }: Shown, { remote, choice, result }: FinishedTransfer): Thenable<void> {
  const title = transferTitle(choice.direction, remote.name);
  return documents.show(`${title}.md`, detailsText(title, result));
}

/** Errors of one transfer, and warnings. */
const maxLogged = 200;

/** How a transfer ended, in the log. */
export function logTransfer(log: Log, { remote, choice, result, milliseconds }: Omit<FinishedTransfer, 'again'>): void {
  const title = transferTitle(choice.direction, remote.name);
  const [up, down] = [pushed(result), pulled(result)].map((moved) => moved.join(', ') || 'nothing');
  log.info(`${title}: ${up} up, ${down} down, ${result.bytesTransferred} bytes, ${Math.round(milliseconds)} ms.`);
  for (const warning of result.warnings.slice(0, maxLogged)) log.warn(`${title}: ${warning}`);
  for (const error of result.errors.slice(0, maxLogged)) log.error(`${title}: ${errorLine(error)}`);
  const more = Math.max(0, result.warnings.length - maxLogged) + Math.max(0, result.errors.length - maxLogged);
  if (more > 0) log.info(`${title}: ${formatCount(more)} more are in "Show Details".`);
}
