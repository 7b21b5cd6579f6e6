import type { ObjectStore } from '../../src/core/storage/objects/objectStore';
import { ObjectWeightStore } from '../../src/core/storage/objects/weights/objectWeightStore';
import { deltaStoreConformance } from './deltaStore.conformance';
import { objectStoreConformance } from './objectStore.conformance';
import { type StorePlace, weightStoreConformance } from './weightStore.conformance';

/** A server of a backend, ready to be asked. */
export interface BackendServer {
  /** what it is known to get wrong */
  readonly gaps: ReadonlySet<string>;
  /** Makes an empty bucket; returns its name. */
  newBucket(): Promise<string>;
  /** A store as `connect` gives it, over a bucket that need not be there. */
  connect(bucket: string): Promise<ObjectStore>;
}

export interface BackendRow {
  readonly name: string;
  /** what is not there where `start` gives undefined */
  readonly missing: string;
  readonly start: () => Promise<BackendServer | undefined>;
}

/** What every backend must do, as a store of objects and for the weights and deltas on it. */
export function backendConformance({ name, missing, start }: BackendRow): void {
  let count = 0;
  objectStoreConformance(name, missing, async () => {
    const server = await start();
    return server && {
      gaps: server.gaps,
      open: async (kind) => server.connect(kind === 'empty' ? await server.newBucket() : `coral-none-${process.pid}-${Date.now()}-${count += 1}`),
    };
  });
  const places = async (): Promise<(() => Promise<StorePlace<ObjectWeightStore>>) | undefined> => {
    const server = await start();
    return server && (async () => {
      const bucket = await server.newBucket();
      return {
        open: async () => new ObjectWeightStore(await server.connect(bucket), 'models/llm/', { name: 'origin' }),
        remove: () => Promise.resolve(),
      };
    });
  };
  weightStoreConformance(`ObjectWeightStore on ${name}`, missing, places);
  deltaStoreConformance(`ObjectWeightStore on ${name}`, missing, places);
}
