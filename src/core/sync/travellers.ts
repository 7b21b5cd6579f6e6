import { CoralError } from '../base/errors';
import { ofEachKind, recordKinds, type RecordKindName } from '../history/recordKinds';
import type { Inventory, Side } from './inventory';

export type TravellerName = 'deltas' | RecordKindName;

/** Source and destination of what is sent. */
export interface Journey {
  readonly from: Side;
  readonly to: Side;
  /** inventories of the source and of the destination */
  readonly held: Inventory;
  readonly present: Inventory;
}

/** How one kind of item is sent after the weights, and confirmed. */
interface Traveller {
  /** for people */
  readonly noun: string;
  send(id: string, journey: Journey, signal: AbortSignal | undefined): Promise<void>;
  /** Items sent since the last call that did not arrive intact; undefined for stores that need no confirmation. */
  unconfirmed(to: Side, signal: AbortSignal | undefined): Promise<readonly string[]> | undefined;
}

const deltas: Traveller = {
  noun: 'delta',
  async send(hash, { from, to }, signal) {
    const delta = await from.store.readDelta(hash, signal);
    if (delta === undefined) {
      throw new CoralError('conflict', `Delta ${hash} is no longer there; something removed it. Refresh and try again.`);
    }
    await to.store.writeDelta(delta, { signal });
  },
  unconfirmed: (to, signal) => to.store.unconfirmedDeltas?.(signal),
};

function record(name: RecordKindName): Traveller {
  const { noun, merge } = recordKinds[name];
  return {
    noun,
    async send(id, { to, held, present }, signal) {
      const bytes = held[name].get(id)?.bytes;
      if (bytes === undefined) return;
      const records = to.history[name];
      // Read again: a training may have gone on since the look. A damaged one is replaced.
      const there = merge && present[name].has(id) ? await records.read(id, signal) : undefined;
      await records.write(id, merge && there ? merge(there, bytes) : bytes, signal);
    },
    unconfirmed: (to, signal) => to.history[name].unconfirmed?.(signal),
  };
}

/** By name, each after those it depends on. */
export const travellers: Readonly<Record<TravellerName, Traveller>> = { deltas, ...ofEachKind(record) };

export const travellerNames = Object.keys(travellers) as readonly TravellerName[];
