// Run by crash.test.ts: `crashChild.mjs STORE write|read N [torn]` writes to a store, or only reads it, and dies at the nth change
// it makes to the disk. Says which weights are written.
import { writeSync } from 'node:fs';
import { HDF5Store } from '../../../../src/core/storage/hdf5/hdf5Store';
import { killSwitch } from '../../../samples/killSwitch';
import { writeSome } from './writeSome';

const [path = '', mode, at, torn] = process.argv.slice(2);
killSwitch(Number(at), torn !== undefined, () => {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
});
if (mode === 'write') {
  await writeSome(path, (hash) => writeSync(1, `${hash}\n`));
} else {
  const store = await HDF5Store.open(path);
  await store.list();
  await store.close();
}
