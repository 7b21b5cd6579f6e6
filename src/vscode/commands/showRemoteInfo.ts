import { contact } from '../actions/contact';
import { mayContact } from '../ask/mayContact';
import { type Command, withRemote } from '../command';
import type { RemoteModel } from '../model/remoteModel';
import { inNotification } from '../ui/progress';
import { copyJson, mention } from '../ui/say';

export const showRemoteInfo: Command = {
  id: 'coral.showRemoteInfo',
  run: withRemote('Show which remote?', async ({ consents, panels }, remote) => {
    if (await mayContact(consents, remote)) panels.showRemoteInfo(remote.target);
  }),
};

/** All that the page shows, for programs. Reads the metadata of every weight there. */
export const copyRemoteInfo: Command = {
  id: 'coral.copyRemoteInfo',
  run: withRemote('Copy the info of which remote?', async (services, remote) => {
    if (await contact(services, remote, copyInfo)) mention(`The info of ${remote.name} is on the clipboard.`);
  }),
};

async function copyInfo(remote: RemoteModel): Promise<boolean> {
  await inNotification(`Reading what ${remote.name} holds`, async (progress, signal) => {
    const onProgress = ({ weightsDone, weightsTotal }: { weightsDone: number; weightsTotal: number }): void =>
      progress.report({ message: `${weightsDone.toLocaleString('en-US')} of ${weightsTotal.toLocaleString('en-US')} weights` });
    const info = await remote.call('info', {}, { signal });
    await copyJson({ ...info, contents: await remote.call('remoteContents', {}, { onProgress, signal }) });
  });
  return true;
}
