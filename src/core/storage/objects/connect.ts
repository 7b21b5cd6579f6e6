import { CoralError } from '../../base/errors';
import { connectedEndpoint } from '../backend';
import { backendNamed, backends, refusalOf } from '../backends';
import type { ObjectAccess, ObjectLocation } from './objectAccess';
import { limited } from './decorators/limited';
import { logged } from './decorators/logged';
import { defaultPolicy, retrying } from './decorators/retrying';
import { watchdog } from './decorators/watchdog';
import type { ObjectStore } from './objectStore';

export const defaultConcurrency = 64;

/** A store ready for use, with retries, limits and a watchdog. Sends nothing yet. */
export async function connect(location: ObjectLocation, access: ObjectAccess = {}, known = backends): Promise<ObjectStore> {
  const backend = backendNamed(location.backend, known);
  if (backend?.open === undefined) {
    throw new CoralError(
      'unsupported', (backend && refusalOf(backend)) ?? `There are no buckets at a remote of backend "${location.backend}".`);
  }
  const concurrency = access.concurrency ?? defaultConcurrency;
  const endpointUrl = connectedEndpoint(backend, location.endpointUrl, process.env);
  const bare = await backend.open({ ...location, endpointUrl }, access, concurrency);
  const store = access.onRequest ? logged(bare, access.onRequest) : bare;
  return limited(retrying(watchdog(store, access.stallMs), { ...defaultPolicy, ...access.retry }), concurrency);
}
