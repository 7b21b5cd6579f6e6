import { CoralError } from '../../base/errors';
import type { Conditions, ObjectStore, PutOptions, Written } from './objectStore';

/**
 * Finds out, on an object of its own that it removes again, which conditions a server really keeps: some ignore them, and
 * say so nowhere. `key` must be one that nobody else uses. Takes six requests.
 */
export async function probeConditions(objects: ObjectStore, key: string, signal?: AbortSignal): Promise<Conditions> {
  const bytes = Buffer.from('coral: checks which conditions this server keeps; may be deleted\n');
  const holds = (options: PutOptions): Promise<boolean> => isRefused(objects.put(key, bytes, options, signal));
  const { tag: first } = await objects.put(key, bytes, {}, signal);
  try {
    const ifAbsent = await holds({ ifAbsent: true });
    const { tag: second } = await objects.put(key, Buffer.concat([bytes, bytes]), {}, signal);
    const staleIsRefused = await holds({ ifMatch: first });
    const freshIsTaken = staleIsRefused && !await holds({ ifMatch: second });
    return { ifAbsent, ifMatch: freshIsTaken ? 'quoted' : 'none' };
  } finally {
    await objects.delete([key], signal);
  }
}

/** Whether a put is refused for its condition; a server that knows no conditions at all may say "unsupported". */
async function isRefused(put: Promise<Written>): Promise<boolean> {
  try {
    await put;
    return false;
  } catch (error) {
    if (CoralError.is(error, 'conflict')) return true;
    if (CoralError.is(error, 'unsupported')) return false;
    throw error;
  }
}
