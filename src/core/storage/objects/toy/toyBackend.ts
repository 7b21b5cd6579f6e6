import type { Backend } from '../../backend';
import type { ToyStore } from './toyStore';

const buckets = new Map<string, ToyStore>();

export const toyBackend: Backend = {
  name: 'toy', kind: 'bucket', label: 'Toy', icon: 'beaker',
  offers: [{
    id: 'toy', icon: 'beaker', label: 'Toy', detail: 'A bucket in memory', location: { prompt: 'Bucket', placeholder: 'my-bucket/' },
    asks: [], variables: [],
  }],
  credentials: [],
  open: async ({ bucket }) => {
    const { ToyStore } = await import('./toyStore');
    const store = buckets.get(bucket)
      ?? new ToyStore({ ifAbsent: true, ifMatch: 'generation', checksum: 'crc32c', userMetadata: false }, true, `toy://${bucket}`, false);
    buckets.set(bucket, store);
    return store;
  },
};
