import { HDF5Store } from '../../../../src/core/storage/hdf5/hdf5Store';
import { Weight } from '../../../../src/core/weights/weight';
import { noiseWeight } from './stores';

/** Writes seven weights in two goes, and one that was there over itself. Tells of each whose write has resolved. */
export async function writeSome(path: string, written: (hash: string) => void): Promise<void> {
  const store = await HDF5Store.open(path, { mode: 'write', compression: 'gzip' });
  const halves = Weight.from({ name: 'halves', shape: [64], dtype: 'float16' }, new Uint8Array(128).fill(60));
  const batches = [[1, 2, 3, 4, 5].map((seed) => noiseWeight(`first.${seed}`, [40, 40], seed)), [halves, noiseWeight('second', [3000], 6)]];
  try {
    for (const batch of batches) {
      await Promise.all(batch.map(async (weight) => {
        await store.write(weight);
        written(weight.metadata.hash);
      }));
    }
    const [old = ''] = await store.list();
    const weight = await store.read(old);
    if (weight !== undefined) await store.write(weight, { force: true });
  } finally {
    await store.close();
  }
}
