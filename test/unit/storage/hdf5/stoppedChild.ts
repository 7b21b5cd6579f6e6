// Run by takeover.test.ts: `stoppedChild.mjs STORE NAME COUNT [any|overwriting]` writes that many weights, each in a commit of its own,
// or only lists those there are. It prints the hash of each whose write has resolved; or why it has not, and how many weights it sees
// then. With a fourth argument it stops itself (SIGSTOP) right after its first write to the store: to any part of it, or over what was
// there before.
import fs, { writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { CoralError } from '../../../../src/core/base/errors';
import { HDF5Store } from '../../../../src/core/storage/hdf5/hdf5Store';
import { noiseWeight } from './stores';

const [path = '', name = '', count, when] = process.argv.slice(2);
if (when !== undefined) stopAtFirstWrite(when === 'any');
const store = await HDF5Store.open(path, { mode: 'write', lockTimeoutMs: 120_000 });
try {
  if (count === '0') writeSync(1, `${(await store.list()).length} weights\n`);
  for (let i = 0; i < Number(count); i += 1) {
    const weight = noiseWeight(`${name}.${i}`, [60, 60], name.charCodeAt(0) * 1000 + i);
    await store.write(weight);
    writeSync(1, `${weight.metadata.hash}\n`);
  }
} catch (error) {
  writeSync(1, `${CoralError.is(error) ? error.reason : 'strange'}: ${String(error)}\n${(await store.list()).length} weights\n`);
} finally {
  await store.close();
}

function stopAtFirstWrite(counts: boolean): void {
  const { openSync, writeSync: write } = fs;
  const paths = new Map<number, string>();
  fs.openSync = (file, ...rest) => {
    const fd = openSync(file, ...rest);
    paths.set(fd, String(file));
    if (String(file) === `${path}.journal`) counts = true;
    return fd;
  };
  fs.writeSync = ((...given: Parameters<typeof write>) => {
    const done = write(...given);
    if (counts && paths.get(given[0]) === path) {
      counts = false;
      write(2, 'stopped\n');
      process.kill(process.pid, 'SIGSTOP');
    }
    return done;
  }) as typeof write;
  syncBuiltinESMExports();
}
