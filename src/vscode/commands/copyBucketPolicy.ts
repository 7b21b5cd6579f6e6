import { copyPolicy } from '../actions/copyPolicy';
import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';

/** Copies the least rights that a remote in an S3 bucket needs, for whoever may give them. */
export const copyBucketPolicy: Command = {
  id: 'coral.copyBucketPolicy',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Copy the policy for the bucket of which remote?');
    if (remote) await copyPolicy(services.client, remote.summary);
  },
};
