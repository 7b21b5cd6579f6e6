import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bytesOf, withStore } from '../unit/storage/hdf5/stores';
import { type Claim, Tally } from './claim';

const child = resolve('out/test/faults/writerChild.mjs');
const each = 10;
/** Another machine: other processes, another name and another start of the system. As root, or as one who may be root among its own. */
const ways = [[], ['-U', '-r']].map((flags) => [...flags, '-p', '-f', '-m', '-u', '--mount-proc', '--kill-child']);

export const withoutFlock: Claim = {
  id: 'R17',
  says: 'writers on two machines that share a folder without flock lose nothing that they were told is written',
  short: 20,
  full: 200,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const unshare = ways.find((flags) => spawnSync('unshare', [...flags, 'true']).status === 0);
    if (unshare === undefined) return tally.outcome(undefined, '"unshare -p -m" is not possible here');
    const folder = mkdtempSync(join(tmpdir(), 'coral-machines-'));
    for (let round = 0; round * 2 * each < tries; round += 1) {
      const path = join(folder, `${round}/weights.h5`);
      mkdirSync(join(path, '..'));
      const [here, there] = await Promise.all([writer(path, 'A', folder, []), writer(path, 'B', folder, [...unshare, '/bin/sh', '-c', elsewhere(folder), 'sh'])]);
      const found = await withStore(path, {}, async (store) => {
        const hashes = await store.list();
        for (const hash of hashes) await bytesOf(await store.read(hash));
        return hashes;
      }).catch((error: unknown): string[] => { tally.failures.push(String(error)); return []; });
      for (const written of [here, there]) {
        for (let i = 0; i < each; i += 1) await tally.attempt(`round ${round}, weight ${i}`, () => {
          assert.equal(written.error, undefined);
          assert.ok(found.includes(sabotage ? '0123456789abcdef' : written.hashes[i] ?? 'never written'), `${written.hashes[i]} is lost`);
        });
      }
      const left = readdirSync(join(path, '..')).filter((name) => name !== 'weights.h5');
      if (left.length > 0) tally.failures.push(`left over: ${left.join()}`);
    }
    rmSync(folder, { recursive: true, force: true });
    return tally.outcome('each a commit of its own, in rounds of 20');
  },
};

function elsewhere(folder: string): string {
  writeFileSync(join(folder, 'boot'), '11111111-2222-4333-8444-555555555555\n');
  return `hostname elsewhere; mount --bind ${folder}/boot /proc/sys/kernel/random/boot_id; PATH=${folder}/nothing exec "$@"`;
}

interface Written { readonly hashes: readonly string[]; readonly error: string | undefined }

/** Where no program is found there is no flock. */
function writer(path: string, name: string, folder: string, before: readonly string[]): Promise<Written> {
  const [command, ...args] = [...before.length > 0 ? ['/usr/bin/env', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'unshare', ...before] : [], process.execPath, child, path, name, String(each)];
  return new Promise((done) => {
    execFile(command, args, { env: { ...process.env, PATH: join(folder, 'nothing') } }, (error, stdout, stderr) => {
      done({ hashes: stdout.split('\n').filter((line) => line !== ''), error: error === null ? undefined : `${error.message} ${stderr}` });
    });
  });
}
