import { CoralError } from '../../core/base/errors';
import { backendOf } from '../../core/storage/backends';
import type { NewRemote, RemoteCheck } from '../../worker/protocol/remotes';
import { askCredentials } from '../ask/askCredentials';
import { askChoice, askText, type ChoiceItem } from '../ask/questions';
import { asked } from '../ask/remoteQuestions';
import { back } from '../ask/steps';
import { isSamePlace } from '../model/credentialVault';
import { inNotification } from '../ui/progress';
import { notify } from '../ui/say';
import { checkText, isUsable, type Repair, repairsFor } from '../wording/checkResult';
import { copyPolicy } from './copyPolicy';
import type { Services } from './services';

export interface SettledRemote {
  readonly remote: NewRemote;
  /** what the last test said */
  readonly text: string;
  readonly isUsable: boolean;
}

/** Tests a remote that is not saved yet until it works or the person decides otherwise; undefined when they give up. */
export async function settleRemote(services: Services, title: string, remote: NewRemote): Promise<SettledRemote | undefined> {
  let tested = remote;
  let check = await test(services, tested);
  for (;;) {
    const text = checkText(tested, check);
    if (isUsable(check)) return { remote: tested, text, isUsable: true };
    const repair = await askChoice<Repair | 'log'>({
      title, placeholder: `${tested.name} is not saved yet. What next?`,
      items: choices(tested, check, text), active: repairsFor(tested, check)[0],
    });
    if (repair === undefined || repair === back) return undefined;
    if (repair === 'save') return { remote: tested, text, isUsable: false };
    const repaired = await carryOut(services, repair, tested, check);
    if (!repaired) continue;
    tested = repaired;
    check = await test(services, tested);
  }
}

/**
 * Each row has room for a line: the problem goes by sentences over two of them, without the address that was just given, and whole into
 * the log.
 */
function choices(remote: NewRemote, check: RemoteCheck, text: string): ChoiceItem<Repair | 'log'>[] {
  const brief = text.replace(/^\w+:\/\/\S+( at \S+)?(?= )/, remote.name).replace(/ \(\w+:\/\/[^)]*\)/, '');
  const [first, rest] = [/^.*?\.(?= |$)/.exec(brief)?.[0] ?? brief, brief.replace(/^.*?\.(?: |$)/, '')];
  const looks: Record<Repair, { readonly icon: string; readonly label: string; readonly detail?: string }> = {
    otherEndpoint: { icon: 'lock', label: `Use ${check.otherEndpoint ?? ''}`, detail: 'The server was seen to speak this one' },
    createBucket: { icon: 'add', label: 'Create Bucket' },
    credentials: { icon: 'key', label: 'Set Credentials...' },
    policy: { icon: 'copy', label: 'Copy Policy', detail: 'The least rights that Coral needs, to be sent to the owner of the bucket' },
    address: { icon: 'edit', label: 'Edit the Address...' },
    retry: { icon: 'refresh', label: 'Try Again' },
    save: { icon: 'save', label: 'Save Anyway', detail: saveDetail(remote, check) },
  };
  return [
    { value: 'log', icon: check.canRead ? 'warning' : 'error', label: first, ...(rest === '' ? {} : { detail: rest }) },
    ...repairsFor(remote, check).map((repair) => ({ value: repair, ...looks[repair] })),
  ];
}

function saveDetail({ name }: NewRemote, { canRead, error }: RemoteCheck): string {
  if (canRead) return `${name} can be pulled from, but not pushed to`;
  return error?.reason === 'missing'
    ? 'The first push will offer to create the bucket'
    : 'It can be repaired later with "Coral: Edit Remote..."';
}

/** The remote to test next; undefined when there is nothing new to test. */
async function carryOut(services: Services, repair: Repair | 'log', remote: NewRemote, check: RemoteCheck): Promise<NewRemote | undefined> {
  switch (repair) {
    case 'otherEndpoint':
      return { ...remote, endpointUrl: check.otherEndpoint ?? remote.endpointUrl };
    case 'createBucket':
      return createBucket(services, remote);
    case 'credentials': {
      const credentials = await askCredentials(remote.name);
      return credentials && { ...remote, credentials };
    }
    case 'policy':
      await copyPolicy(services.client, remote);
      return undefined;
    case 'address':
      return editAddress(services, remote);
    case 'log':
      services.log.error(checkText(remote, check));
      services.log.show();
      return undefined;
    default:
      return remote;
  }
}

async function createBucket(services: Services, remote: NewRemote): Promise<NewRemote> {
  // Where that fails, the next test cannot know why: say it now.
  await inNotification(`Creating ${remote.url}`, (_, signal) => services.client.call('createRemote', remote, { signal }))
    .catch((error: unknown) => notify('error', CoralError.from(error).message));
  return remote;
}

/** The URL, and then the server where it does not bring its own. */
async function editAddress({ client }: Services, remote: NewRemote): Promise<NewRemote | undefined> {
  const title = `Address of ${remote.name}`;
  const read = (text: string) => client.call('readUrl', { url: text });
  const typed = await askText({
    title, prompt: 'Where the weights are kept', value: remote.url,
    problemOf: (text) => read(text).then(() => undefined, (error: unknown) => CoralError.from(error).message),
  });
  if (typed === undefined || typed === back) return undefined;
  const { url, endpointUrl } = await read(typed);
  const question = backendOf(url)?.endpoint;
  const former = endpointUrl ?? (question ? remote.endpointUrl : undefined);
  if (question === undefined || endpointUrl !== undefined || former === undefined) return elsewhere(remote, url, former);
  const server = await askText({ ...asked(question), title, value: former });
  return server === undefined || server === back ? undefined : elsewhere(remote, url, server);
}

/** Keys that were typed for one server and bucket are not shown to another. */
function elsewhere({ credentials, ...remote }: NewRemote, url: string, endpointUrl: string | undefined): NewRemote {
  const moved = { ...remote, url, endpointUrl };
  return isSamePlace(remote, moved) ? { ...moved, credentials } : moved;
}

/** A cancelled test is one more thing to decide about. */
async function test({ client, log }: Services, remote: NewRemote): Promise<RemoteCheck> {
  try {
    const check = await inNotification(`Testing ${remote.url}`, (_, signal) => client.call('testRemote', remote, { signal }));
    if (check.error) log.warn(`Test of ${remote.url}: ${check.error.message}`);
    return check;
  } catch (error) {
    const known = CoralError.from(error);
    const told = known.reason === 'cancelled' ? new CoralError('cancelled', 'The test was cancelled.') : known;
    return { exists: false, canRead: false, canWrite: false, weights: 0, error: told.toJSON() };
  }
}
