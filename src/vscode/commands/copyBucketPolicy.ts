import { copyPolicy } from '../actions/copyPolicy';
import { type Command, withRemote } from '../command';

/** Copies the least rights that a remote in an S3 bucket needs, for whoever may give them. */
export const copyBucketPolicy: Command = {
  id: 'coral.copyBucketPolicy',
  run: withRemote('Copy the policy for the bucket of which remote?', ({ client }, { summary }) => copyPolicy(client, summary)),
};
