import { execFileSync, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { python as interpreter } from '../python/python.mjs';

/** What Python finds in a store: the hashes of weights whose data hashes to them, and of others. */
export interface Seen { readonly good: readonly string[]; readonly bad: readonly string[]; readonly error?: undefined }
export type Look = Seen | { readonly error: string };

export interface BucketAt { readonly endpoint: string; readonly bucket: string; readonly prefix: string; readonly accessKeyId: string; readonly secretAccessKey: string }

let asking: ((ask: object) => Promise<Look>) | undefined;

/** Reads a store with h5py, or objects with boto3 and numpy, in a Python process that stays. */
export function look(store: { readonly path: string } | BucketAt): Promise<Look> {
  return (asking ??= start())(store);
}

function start(): (ask: object) => Promise<Look> {
  const child = spawn(interpreter, [resolve('test/faults/checkStores.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((answer: Look) => void)[] = [];
  createInterface(child.stdout).on('line', (line) => waiting.shift()?.(JSON.parse(line) as Look));
  child.once('exit', () => waiting.splice(0).forEach((tell) => tell({ error: 'the Python process ended' })));
  return (ask) => new Promise((tell) => {
    waiting.push(tell);
    child.stdin.write(`${JSON.stringify(ask)}\n`);
  });
}

/** A weight of `bytes` random numbers, the same for the same seed. */
export interface Planned { readonly seed: number; readonly bytes: number }

/** Makes stores with h5py; returns the hashes in each, in order. */
export function makeStores(stores: Readonly<Record<string, readonly Planned[]>>): Record<string, string[]> {
  const args = Object.entries(stores).flatMap(([path, weights]) => [path, weights.map(({ seed, bytes }) => `${seed}:${bytes}`).join(',')]);
  const output = execFileSync(interpreter, [resolve('test/faults/makeStores.py'), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const made = JSON.parse(output) as Record<string, Record<string, number>>;
  return Object.fromEntries(Object.entries(made).map(([path, weights]) => [path, Object.keys(weights)]));
}
