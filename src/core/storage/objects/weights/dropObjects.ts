import { randomUUID } from 'node:crypto';
import { CoralError, throwIfCancelled } from '../../../base/errors';
import { checkHash } from '../../../base/validate';
import type { DropOptions, StoredKey } from '../../survey';
import type { Layout } from './layout';
import type { ObjectStore } from '../objectStore';

/** Deletions between two checks that the items are still unneeded. */
const batchSize = 500;

/**
 * Removes them for good: deltas before what they are based on, and a weight before its metadata. What is gone when `confirm` rejects
 * stays gone.
 */
export async function dropObjects(
  objects: ObjectStore, layout: Layout, keys: readonly StoredKey[], { confirm, onDone, signal }: DropOptions,
): Promise<void> {
  for (const [kind, folders] of [['delta', ['deltas']], ['weight', ['weights', 'metadata']]] as const) {
    const hashes = keys.filter((key) => key.kind === kind).map(({ hash }) => checkHash(hash));
    for (let start = 0; start < hashes.length; start += batchSize) {
      const batch = hashes.slice(start, start + batchSize);
      await confirm();
      throwIfCancelled(signal);
      for (const folder of folders) await objects.delete(batch.map((hash) => layout.key(folder, hash)), signal);
      for (const hash of batch) onDone?.({ kind, hash });
    }
  }
}

/** The server's current time, from the date of a probe object, in milliseconds since 1970; the object is removed again. */
export async function serverTime(objects: ObjectStore, { prefix }: Layout, signal?: AbortSignal): Promise<number> {
  const key = `${prefix}clock-${randomUUID()}.tmp`;
  await objects.put(key, new Uint8Array(), {}, signal);
  try {
    const found = await objects.head(key, signal);
    if (found?.modified !== undefined) return found.modified;
    throw new CoralError(
      'unsupported', `${objects.location} does not say when an object was written, so nobody can tell what is old enough to go.`);
  } finally {
    await objects.delete([key]);
  }
}
