// Run by withoutFlock.ts: `writerChild.mjs STORE NAME COUNT` writes that many weights, each in a commit of its own and the store opened
// anew for it. Prints the hashes of those whose write has resolved.
import { writeSync } from 'node:fs';
import { HDF5Store } from '../../src/core/storage/hdf5/hdf5Store';
import { noiseWeight } from '../unit/storage/hdf5/stores';

const [path = '', name = '', count] = process.argv.slice(2);
for (let i = 0; i < Number(count); i += 1) {
  const store = await HDF5Store.open(path, { mode: 'write', lockTimeoutMs: 240_000 });
  const weight = noiseWeight(`${name}.${i}`, [60, 60], name.charCodeAt(0) * 1000 + i);
  await store.write(weight);
  await store.close();
  writeSync(1, `${weight.metadata.hash}\n`);
}
