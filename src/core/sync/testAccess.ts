import { CoralError } from '../base/errors';
import { speaksTls } from '../remotes/speaksTls';
import { Remote } from './remote';
import type { RemoteConfig } from '../remotes/remoteConfig';
import type { RemoteOptions } from '../remotes/remoteStore';

/** What may be done with a remote, found out by trying. */
export interface RemoteAccess {
  /** whether the folder or bucket exists; false also where that is unknown */
  readonly exists: boolean;
  readonly canRead: boolean;
  /** of a folder that does not exist yet: whether it could be made */
  readonly canWrite: boolean;
  /** weights there */
  readonly weights: number;
  /** why it cannot be read, or else not be written; "missing" for a bucket that is not there */
  readonly error?: CoralError | undefined;
  /** the endpoint with the other of http and https, where the server was seen to speak that one */
  readonly otherEndpoint?: string | undefined;
}

/** Few, since the user waits for the answer and can ask again. */
const tries = 2;

const none = { exists: false, canRead: false, canWrite: false, weights: 0 };

/** Tries to list a remote and to write to it. Leaves nothing behind and creates no bucket or folder. Rejects only when cancelled. */
export async function testAccess(config: RemoteConfig, options: RemoteOptions = {}): Promise<RemoteAccess> {
  try {
    await using remote = await Remote.fromConfig(config, { tries, ...options });
    return await look(remote, options.signal);
  } catch (error) {
    const known = uncancelled(error);
    return { ...none, error: known, ...await otherEndpoint(config, known, options) };
  }
}

async function look(remote: Remote, signal: AbortSignal | undefined): Promise<RemoteAccess> {
  const exists = await remote.exists(signal);
  const weights = exists ? (await remote.listRemoteWeights(signal)).length : 0;
  const canRead = exists || remote.config.location.kind === 'folder';
  try {
    await remote.probeWrite(signal);
    return { exists, canRead, canWrite: true, weights };
  } catch (error) {
    return { exists, canRead, canWrite: false, weights, error: uncancelled(error) };
  }
}

/** Finds out whether the server speaks http or https by connecting: servers answer the wrong one in all kinds of ways. */
async function otherEndpoint(
  { endpointUrl }: RemoteConfig, { reason }: CoralError, { network, signal }: RemoteOptions,
): Promise<Pick<RemoteAccess, 'otherEndpoint'>> {
  const mayBeTheOther = reason === 'network' || reason === 'invalid';
  if (endpointUrl === undefined || network?.proxy || !mayBeTheOther || !URL.canParse(endpointUrl)) return {};
  const endpoint = new URL(endpointUrl);
  const isHttps = endpoint.protocol === 'https:';
  const tls = await speaksTls(endpoint, signal);
  if (tls === undefined || tls === isHttps) return {};
  return { otherEndpoint: endpointUrl.replace(/^https?/, tls ? 'https' : 'http') };
}

function uncancelled(error: unknown): CoralError {
  const known = CoralError.from(error, 'network');
  if (known.reason === 'cancelled') throw known;
  return known;
}
