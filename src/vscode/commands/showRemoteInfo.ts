import { inNotification } from '../ui/progress';
import type { RemoteModel } from '../model/remoteModel';
import { copyJson, mention } from '../ui/say';
import type { Services } from '../actions/services';
import { contact, mayContact } from '../actions/contact';
import { pickRemote } from '../ask/pickRemote';

export async function showRemoteInfo(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Show which remote?');
  if (remote && await mayContact(services, remote)) services.panels.showRemoteInfo(services, { root: remote.root, remote: remote.name });
}

/** All that the page shows, for programs. Reads the metadata of every weight there. */
export async function copyRemoteInfo(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Copy the info of which remote?');
  if (!remote) return;
  const isCopied = await contact(services, remote, copyInfo);
  if (isCopied) mention(`The info of ${remote.name} is on the clipboard.`);
}

async function copyInfo(remote: RemoteModel): Promise<boolean> {
  await inNotification(`Reading what ${remote.name} holds`, async (progress, signal) => {
    const onProgress = ({ weightsDone, weightsTotal }: { weightsDone: number; weightsTotal: number }): void =>
      progress.report({ message: `${weightsDone.toLocaleString('en-US')} of ${weightsTotal.toLocaleString('en-US')} weights` });
    const info = await remote.info(signal);
    await copyJson({ ...info, contents: await remote.contents({ onProgress, signal }) });
  });
  return true;
}
