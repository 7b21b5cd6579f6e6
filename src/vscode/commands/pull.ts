import { transferAndReport } from '../actions/transfer';
import { agreedIn } from '../ask/target';
import { type Command, withRemote } from '../command';

export const pull: Command = {
  id: 'coral.pull',
  run: withRemote('Pull from which remote?', (services, remote, target) => (
    transferAndReport(services, remote, { direction: 'pull', ...agreedIn(target) }))),
};
