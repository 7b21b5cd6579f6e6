import { transferAndReport } from '../actions/transfer';
import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';
import { ask } from '../ui/say';

export const forcePush: Command = {
  id: 'coral.forcePush',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Force push to which remote?');
    if (!remote) return undefined;
    const { url } = remote.summary;
    const detail = `Every weight of this repository is sent again to ${url} and replaces what is stored there under its hash.`;
    const picked = await ask(`Force push to ${remote.name}?`, [detail], 'Force Push');
    return picked ? transferAndReport(services, remote, { direction: 'push', force: true }) : undefined;
  },
};
