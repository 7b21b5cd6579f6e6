import type { Backend } from '../../../src/core/storage/backend';
import { MemoryObjects } from '../../unit/support/memoryObjects';

/** The least that a new backend takes: its description, and a store behind it. Its buckets live as long as it does, in memory. */
export function toyBackend(): Backend {
  const buckets = new Map<string, MemoryObjects>();
  return {
    name: 'toy', kind: 'bucket', label: 'Toy', icon: 'beaker',
    offers: [{
      id: 'toy', icon: 'beaker', label: 'Toy', detail: 'A bucket in memory', location: { prompt: 'Bucket', placeholder: 'my-bucket/' },
      asks: [], variables: [],
    }],
    credentials: [],
    open: ({ bucket }) => {
      const store = buckets.get(bucket) ?? new MemoryObjects(
        { ifAbsent: true, ifMatch: 'generation', checksum: 'crc32c', userMetadata: false }, true, `toy://${bucket}`, false);
      buckets.set(bucket, store);
      return Promise.resolve(store);
    },
  };
}
