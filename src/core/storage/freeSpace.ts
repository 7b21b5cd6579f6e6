import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatBytes } from '../../text/format';
import { CoralError } from '../base/errors';
import { tensorBytes } from './tensorBytes';
import type { WeightStore } from './weightStore';

/** Free space where weights would go. */
export interface Room {
  readonly path: string;
  /** bytes */
  readonly free: number;
}

/** undefined where the system does not tell. A folder that does not exist yet will be on the disk of the one it is made in. */
export async function roomAt(path: string): Promise<Room | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return { path, free: bavail * bsize };
  } catch {
    return dirname(path) === path ? undefined : roomAt(dirname(path));
  }
}

/**
 * Throws "full" when the weights, as large as they are stored now, do not fit into `folder`; nothing has been moved then.
 * @param doing "Pulling"
 */
export async function checkRoom(
  hashes: readonly string[], from: WeightStore, folder: string, doing: string, signal?: AbortSignal,
): Promise<void> {
  const room = hashes.length === 0 ? undefined : await roomAt(folder);
  if (room === undefined) return;
  const needed = await storedBytes(hashes, from, room.free, signal);
  if (needed <= room.free) return;
  const what = `${doing} needs ${formatBytes(needed)}; ${formatBytes(room.free)} are free on ${room.path}`;
  throw new CoralError('full', `${what}. Free some space, then try again.`, { path: folder });
}

/** What the weights take where they are, as far as it can be told without a request for each; counted no further than `enough`. */
async function storedBytes(hashes: readonly string[], from: WeightStore, enough: number, signal: AbortSignal | undefined): Promise<number> {
  if (from.storedBytes !== undefined) return hashes.reduce((sum, hash) => sum + (from.storedBytes?.(hash) ?? 0), 0);
  const whole = (await from.info(signal)).storedBytes ?? Infinity;
  if (whole <= enough) return whole;
  let bytes = 0;
  for (const hash of hashes) bytes += await tensorBytes(from, hash, signal) ?? 0;
  return Math.min(whole, bytes);
}
