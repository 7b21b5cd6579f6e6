// Run by the fault tests: `transferChild.mjs {"root", "operation", "at", "torn"}` loads dist/core.js, says "ready", and on a line of
// input pushes, pulls or syncs with the remote "origin". Dies at the nth change that it makes to the disk; 0: does not. Says how many
// changes it made.
import { writeSync } from 'node:fs';
import { once } from 'node:events';
import { killSwitch } from '../samples/killSwitch';
import { loadCore } from '../samples/core';

export interface Errand { readonly root: string; readonly operation: 'push' | 'pull' | 'sync'; readonly at: number; readonly torn: boolean }

const { root, operation, at, torn } = JSON.parse(process.argv[2] ?? '') as Errand;
const { HDF5Store, Repository } = await loadCore();
const repository = await Repository.open(root);
await (await HDF5Store.open(`${root}/nothing.h5`)).close();
writeSync(1, 'ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
const disk = killSwitch(at, torn, () => {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
});
const { errors } = await repository[operation]('origin');
writeSync(1, `changes ${disk.changes()}\n`);
if (errors.length > 0) throw errors[0] ?? new Error('failed');
process.exit(0);
