import type { CoralClient } from '../../worker/client';
import type { NewRemote } from '../../worker/protocol/remotes';
import { copyJson, notify } from '../ui/say';

/** Copies the least rights that a remote in an S3 bucket needs, saved or not, for whoever may give them. */
export async function copyPolicy(
  client: CoralClient, { name, url, endpointUrl }: Pick<NewRemote, 'name' | 'url' | 'endpointUrl'>,
): Promise<void> {
  await copyJson(await client.call('bucketPolicy', { name, url, endpointUrl }));
  notify('info', `The policy is in the clipboard: the least rights that Coral needs at ${url}. Attach it to the user whose keys you use.`);
}
