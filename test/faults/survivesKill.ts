import { open } from 'node:fs/promises';
import { type Claim, inLanes, Tally } from './claim';
import { KillSeries, type Operation } from './kills';
import type { Planned } from './pythonCheck';
import { Bucket, makeTemplate } from './world';

/** Weights `from` to `to`, most of them small, one above the size that is held in memory as a whole. */
const planned = (from: number, to: number): Planned[] =>
  Array.from({ length: to - from }, (_, i) => ({ seed: from + i, bytes: [512, 4096, 30_000, 200_000][(from + i) % 4] ?? 512 }));

export const survivesKill: Claim = {
  id: 'R1',
  says: 'SIGKILL anywhere in a push, pull, sync or prune leaves both stores readable and every old weight intact, and a rerun completes',
  short: 7,
  full: 1400,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const bucket = await Bucket.create();
    const template = await makeTemplate(planned(0, 12), planned(8, 20));
    const transfers: readonly Operation[] = ['push', 'pull', 'sync'];
    const series = [
      ...[...transfers, 'prune' as const].map((operation) => new KillSeries('file', operation, template, undefined)),
      ...(bucket === undefined ? [] : transfers.map((operation) => new KillSeries('s3', operation, template, bucket))),
    ];
    await inLanes(series.length, 2, (number) => series[number]!.measure());
    const each = Math.ceil(tries / 7);
    await inLanes(each * series.length, 2, async (number) => {
      const [one, index] = [series[number % series.length]!, Math.floor(number / series.length)];
      const point = one.pointOf(index, each);
      const isLast = number === each * series.length - 1;
      const meddle = sabotage && isLast ? ({ store }: { readonly store: string }) => damage(store) : undefined;
      await tally.attempt(`${one.operation} with ${one.kind === 's3' ? 'an S3 server' : 'a folder'}, killed at ${JSON.stringify(point)}`, () => one.kill(point, meddle));
    });
    const sum = (key: 'kills' | 'unreadable'): number => series.reduce((total, one) => total + one[key], 0);
    const note = `${sum('kills')} killed before they were done; h5py could not read ${sum('unreadable')} stores before Coral had opened them again`;
    return tally.outcome(note, bucket === undefined ? 'no S3 server' : undefined);
  },
};

/** Turns one byte in the middle of a store round. */
async function damage(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  const bytes = Buffer.alloc(4096);
  await file.read(bytes, 0, 4096, size >> 1);
  await file.write(bytes.map((byte) => byte ^ 0xff), 0, 4096, size >> 1);
  await file.close();
}
