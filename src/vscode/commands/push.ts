import { transferAndReport } from '../actions/transfer';
import { agreedIn } from '../ask/target';
import { type Command, withRemote } from '../command';

export const push: Command = {
  id: 'coral.push',
  run: withRemote('Push to which remote?', (services, remote, target) => (
    transferAndReport(services, remote, { direction: 'push', ...agreedIn(target) }))),
};
