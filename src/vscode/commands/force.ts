import { transferAndReport } from '../actions/transfer';
import { type Command, withRemote } from '../command';
import { ask } from '../ui/say';

export const forcePush: Command = {
  id: 'coral.forcePush',
  run: withRemote('Force push to which remote?', async (services, remote) => {
    const { name, summary: { url } } = remote;
    const detail = `Every weight of this repository is sent again to ${url} and replaces what is stored there under its hash.`;
    const picked = await ask(`Force push to ${name}?`, [detail], 'Force Push');
    return picked && transferAndReport(services, remote, { direction: 'push', force: true });
  }),
};

export const forcePull: Command = {
  id: 'coral.forcePull',
  run: withRemote('Force pull from which remote?', async (services, remote) => {
    const { name, summary: { url } } = remote;
    const detail = `Every weight of ${url} is fetched again and replaces what this repository stores under its hash.`;
    const picked = await ask(`Force pull from ${name}?`, [detail], 'Force Pull');
    return picked && transferAndReport(services, remote, { direction: 'pull', force: true });
  }),
};
