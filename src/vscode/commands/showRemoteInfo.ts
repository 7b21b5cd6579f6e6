import { contact } from '../actions/contact';
import { mayContact } from '../ask/mayContact';
import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';
import type { RemoteModel } from '../model/remoteModel';
import { inNotification } from '../ui/progress';
import { copyJson, mention } from '../ui/say';

export const showRemoteInfo: Command = {
  id: 'coral.showRemoteInfo',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Show which remote?');
    if (remote && await mayContact(services.consents, remote)) services.panels.showRemoteInfo({ root: remote.root, remote: remote.name });
  },
};

/** All that the page shows, for programs. Reads the metadata of every weight there. */
export const copyRemoteInfo: Command = {
  id: 'coral.copyRemoteInfo',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Copy the info of which remote?');
    if (!remote) return;
    const isCopied = await contact(services, remote, copyInfo);
    if (isCopied) mention(`The info of ${remote.name} is on the clipboard.`);
  },
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
