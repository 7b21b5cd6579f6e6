import { CoralError } from '../errors';
import { recordKindNames, recordKinds, type RecordKindName } from '../history/recordKinds';
import type { Inventory, Side } from './inventory';

export type TravellerName = 'deltas' | RecordKindName;

/** Where something comes from and goes to. */
export interface Journey {
  readonly from: Side;
  readonly to: Side;
  /** what the source was seen to hold, and what the other side was */
  readonly held: Inventory;
  readonly present: Inventory;
}

/** How things of a kind go after the weights, and are looked for afterwards. */
export interface Traveller {
  /** for people */
  readonly noun: string;
  send(id: string, journey: Journey, signal: AbortSignal | undefined): Promise<void>;
  /** Those sent since the last call that are not there as they were sent; undefined where nobody's word has to be taken for it. */
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
      // What is there by now, not when it was looked at: a training may have gone on. One that was damaged then is replaced.
      const there = merge && present[name].has(id) ? await records.read(id, signal) : undefined;
      await records.write(id, merge && there ? merge(there, bytes) : bytes, signal);
    },
    unconfirmed: (to, signal) => to.history[name].unconfirmed?.(signal),
  };
}

/** By name, each after those that it needs. */
export const travellers = Object.fromEntries([['deltas', deltas], ...recordKindNames.map((name) => [name, record(name)])]) as
  Readonly<Record<TravellerName, Traveller>>;

export const travellerNames = Object.keys(travellers) as readonly TravellerName[];
