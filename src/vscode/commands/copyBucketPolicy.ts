import type { NewRemote } from '../../worker/protocol/remotes';
import { copyJson, notify } from '../ui/say';
import type { Services } from '../actions/services';
import { pickRemote } from '../ask/pickRemote';

/** Copies the least rights that a remote in an S3 bucket needs, for whoever may give them. */
export async function copyBucketPolicy(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Copy the policy for the bucket of which remote?');
  if (remote) await copyPolicy(services, remote.summary);
}

/** The same for a remote that need not be saved yet. */
export async function copyPolicy({ client }: Services, { name, url, endpointUrl }: Pick<NewRemote, 'name' | 'url' | 'endpointUrl'>): Promise<void> {
  await copyJson(await client.call('bucketPolicy', { name, url, endpointUrl }));
  notify('info', `The policy is in the clipboard: the least rights that Coral needs at ${url}. Attach it to the user whose keys you use.`);
}
