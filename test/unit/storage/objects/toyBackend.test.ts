import { backends } from '../../../../src/core/storage/backends';
import { connect } from '../../../../src/core/storage/objects/connect';
import type { ObjectStore } from '../../../../src/core/storage/objects/objectStore';
import { backendConformance } from '../../../backends/backend.conformance';
import { toyBackend } from '../../../samples/toy/toyBackend';

const known = [...backends, toyBackend()];
const open = (bucket: string): Promise<ObjectStore> => connect({ backend: 'toy', bucket }, {}, known);
let buckets = 0;

backendConformance({
  name: 'Toy', missing: 'memory',
  start: () => Promise.resolve({
    gaps: new Set<string>(),
    connect: open,
    async newBucket() {
      const bucket = `bucket-${buckets += 1}`;
      await (await open(bucket)).createBucket();
      return bucket;
    },
  }),
});
