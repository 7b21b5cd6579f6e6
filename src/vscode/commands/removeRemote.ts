import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';
import { ask } from '../ui/say';

export const removeRemote: Command = {
  id: 'coral.removeRemote',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Remove which remote?');
    if (!remote) return;
    const detail = `It goes out of .coral/remotes.json. The weights at ${remote.summary.url} stay.`;
    const picked = await ask(`Remove the remote ${remote.name}?`, [detail], 'Remove');
    if (!picked) return;
    await services.client.call('removeRemote', { root: remote.root, remote: remote.name });
    await services.model.repository(remote.root)?.refresh();
    await services.vault.release(remote.summary, services.model.remotes.map(({ summary }) => summary));
  },
};
