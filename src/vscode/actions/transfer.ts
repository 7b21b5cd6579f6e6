import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import type { SyncResultJSON } from '../../core/transfer/syncResult';
import type { TransferAction, TransferChoice } from '../../worker/protocol/transfers';
import type { RemoteModel } from '../model/remoteModel';
import { withProgress } from '../ui/progress';
import { contact } from './contact';
import { reportError } from './reportError';
import { logTransfer, reportTransfer } from './reportTransfer';
import type { Services } from './services';

/** Asks again where the plan that was agreed to is no longer what would happen. */
type AskAgain = (remote: RemoteModel, why: string) => Promise<SyncResultJSON | undefined>;

const titles: Record<TransferAction, string> = { push: 'Pushing to', pull: 'Pulling from', sync: 'Syncing with' };

/** What push, pull and sync share: progress, the result in one message, and a fresh look at both sides. */
export async function transferAndReport(
  services: Services, remote: RemoteModel, choice: TransferChoice, askAgain?: AskAgain,
): Promise<SyncResultJSON | undefined> {
  const again = (next: TransferChoice) => transferAndReport(services, current, { ...next, agreedPlan: undefined });
  const started = performance.now();
  let current = remote;
  try {
    return await contact(services, remote, async (now) => {
      current = now;
      const result = await withProgress(`${titles[choice.direction]} ${now.name}`, async (options) => {
        const moving = now.transfer(choice, options);
        // From the first push on that the person asks for, auto push may follow: after this one, which is under way by now.
        const given = choice.direction === 'pull' ? undefined : services.consents.give(now.at, { writes: true });
        return (await Promise.all([moving, given]))[0];
      });
      reportTransfer(services, { remote: now, choice, result, milliseconds: performance.now() - started, again });
      return result;
    });
  } catch (error) {
    const isChanged = CoralError.is(error, 'conflict') && error.conflict === 'plan';
    if (askAgain && isChanged) return await askAgain(current, error.message);
    const retry = isChanged ? () => previewAgain(current, choice) : () => again(choice);
    reportError(services.log, error, { remote: current, retry, createBucket: () => again({ ...choice, createBucket: true }) });
    return undefined;
  } finally {
    if (!current.activity && !current.error) await lookAgain(services, current);
  }
}

/** The same when nobody asked for it: it shows nothing but what the tree and the status bar show. Rejects when it could not begin. */
export async function transferInBackground(
  services: Services, remote: RemoteModel, choice: TransferChoice, signal: AbortSignal,
): Promise<SyncResultJSON> {
  const started = performance.now();
  try {
    const result = await remote.transfer(choice, { signal });
    logTransfer(services.log, { remote, choice, result, milliseconds: performance.now() - started });
    return result;
  } finally {
    if (!signal.aborted && !remote.activity && !remote.error) await lookAgain(services, remote);
  }
}

/** Of a preview that is out of date. */
function previewAgain({ target }: RemoteModel, { direction, upTo }: TransferChoice): unknown {
  const commands = { push: 'coral.previewPush', pull: 'coral.previewPull', sync: 'coral.previewSync' };
  return vscode.commands.executeCommand(commands[direction], { ...target, upTo });
}

/** Where the repository has changed it asks its remotes itself; this one is asked once in any case. */
async function lookAgain({ model }: Services, remote: RemoteModel): Promise<void> {
  await remote.settled();
  await model.repository(remote.root)?.refresh();
  await remote.fetchStatus();
}
