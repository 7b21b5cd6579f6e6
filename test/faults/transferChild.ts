// Run by the fault tests: `transferChild.mjs {"root", "operation", "at", "torn"}` loads dist/core.js, says "ready", and on a line of
// input pushes, pulls or syncs with the remote "origin", or prunes the repository. Dies at the nth change that it makes to the
// disk; 0: does not. Says how many changes it made.
import { writeSync } from 'node:fs';
import { once } from 'node:events';
import { killSwitch } from '../samples/killSwitch';
import { planLocalPrune, pruneLocal } from '../../src/core/repository/integrity/pruneLocal';
import { Repository as PruningRepository } from '../../src/core/repository/repository';
import { loadCore } from '../samples/core';

export interface Errand { readonly root: string; readonly operation: 'push' | 'pull' | 'sync' | 'prune'; readonly at: number; readonly torn: boolean }

const { root, operation, at, torn } = JSON.parse(process.argv[2] ?? '') as Errand;
const { HDF5Store, Repository } = await loadCore();
const repository = await Repository.open(root);
await (await HDF5Store.open(`${root}/nothing.h5`)).close();
const work = operation === 'prune' ? await pruning() : async () => (await repository[operation]('origin')).errors;
writeSync(1, 'ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
const disk = killSwitch(at, torn, () => {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
});
const errors = await work();
writeSync(1, `changes ${disk.changes()}\n`);
if (errors.length > 0) throw errors[0] ?? new Error('failed');
process.exit(0);

/** dist/core.js offers no prune, so that one is bundled here. */
async function pruning(): Promise<() => Promise<readonly Error[]>> {
  const pruned = await PruningRepository.open(root);
  const { drop } = await planLocalPrune(pruned);
  return async () => {
    await pruneLocal(pruned, drop);
    return [];
  };
}
