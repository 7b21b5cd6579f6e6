import { CoralError } from '../base/errors';
import { checkRoom } from '../storage/freeSpace';
import type { WeightStore } from '../storage/weightStore';
import { Meter } from '../transfer/meter';
import type { TransferOptions } from '../transfer/progress';
import { type Outcome, runTransfer } from '../transfer/runTransfer';
import type { WeightsPlan } from './planWeights';
import { ends, type Way } from './world';

type WeightsOptions = Pick<TransferOptions, 'force' | 'bandwidth' | 'signal' | 'onProgress'>;

/** Sends the planned weights. Rejects when it could not begin, with "full" when they would not fit; later failures are in the outcome. */
export async function sendWeights(
  way: Way, { send, blocked }: WeightsPlan, stores: { readonly here: WeightStore; readonly there: WeightStore }, remote: string,
  { force, bandwidth, signal, onProgress }: WeightsOptions,
): Promise<Outcome> {
  const [from, to] = ends(stores, way);
  // Overwriting takes no additional room.
  if (to.folder !== undefined && force !== true) await checkRoom(send, from, to.folder, way === 'push' ? 'Pushing' : 'Pulling', signal);
  const meter = new Meter(way === 'push' ? 'pushing' : 'pulling', remote, onProgress);
  const outcome = await runTransfer(send, from, to, { remote, force, meter, bandwidth, signal });
  return { ...outcome, errors: [...blocked.map((hash) => absent(hash, way, remote)), ...outcome.errors] };
}

/** The error of a selected weight that the side it should come from does not have. */
export function absent(hash: string, way: Way, remote: string): CoralError {
  const side = way === 'push' ? 'the local store' : remote;
  return new CoralError('missing', `${hash} was asked for, but ${side} does not hold it. Refresh and try again.`, { hash, remote });
}

/**
 * A warning about weights without dimensions that are, or were, sent to a remote.
 * @param pulls what the Python tool can or cannot do
 */
export function scalarWarnings(weights: readonly string[], remote: string, pulls = `cannot pull from ${remote} now`): string[] {
  if (weights.length === 0) return [];
  const shown = weights.length > 3 ? `${weights.slice(0, 3).join(', ')} and ${weights.length - 3} more` : weights.join(', ');
  return [`The Python tool ${pulls}: it stops at weights without dimensions (${shown}). Coral for VS Code can.`];
}
