import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import type { OnProgress, Progress } from '../../core/transfer/progress';
import { safeText } from '../../text/safeText';
import { fractionDone, TransferRate } from '../model/transferRate';
import { progressText } from '../wording/progressText';

/**
 * Runs work of the worker behind a notification with its progress and a Cancel button:
 * "812 of 1,204 weights · 3.1 of 6.8 GB · 92 MB/s · 40 s left".
 */
export async function withProgress<T>(
  title: string, run: (options: { readonly onProgress: OnProgress; readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  return inNotification(title, async (progress, signal) => {
    const rate = new TransferRate();
    let shown = 0;
    const onProgress = (value: Progress) => {
      rate.add(value.bytesDone, performance.now());
      const fraction = fractionDone(value);
      // A report without a message would wipe the last one: both go together.
      progress.report({ message: progressText(value, rate.bytesPerSecond), increment: Math.max(0, fraction - shown) * 100 });
      shown = Math.max(shown, fraction);
    };
    return run({ onProgress, signal });
  });
}

/** How far it is; both parts are optional. @see vscode.Progress */
export type Report = vscode.Progress<{ readonly message?: string; readonly increment?: number }>;

/** Runs anything behind a notification with a Cancel button. */
export async function inNotification<T>(title: string, run: (progress: Report, signal: AbortSignal) => Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title: safeText(title, 'message'), cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const report: Report['report'] = ({ message, ...rest }) => (
      progress.report(message === undefined ? rest : { ...rest, message: safeText(message, 'message') }));
    return run({ report }, signalOf(token));
  });
}

/** Lets the bar of a view move until `done` is settled. */
export async function inView(viewId: string, done: Promise<void>): Promise<void> {
  await vscode.window.withProgress({ location: { viewId } }, () => done);
}

function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort(new CoralError('cancelled', 'Cancelled.')));
  return controller.signal;
}
