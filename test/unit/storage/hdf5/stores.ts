import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HDF5Store, type HDF5StoreOptions } from '../../../../src/core/storage/hdf5/hdf5Store';
import { Weight } from '../../../../src/core/weights/weight';

export const fixture = (...names: string[]): string => resolve('test/fixtures', ...names);

export async function withFolder<T>(use: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'coral-hdf5-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A copy of the fixture in a folder of its own, to be written to. */
export function withCopy<T>(path: string, use: (copy: string) => Promise<T> | T): Promise<T> {
  return withFolder((folder) => {
    const copy = join(folder, basename(path));
    copyFileSync(path, copy);
    return use(copy);
  });
}

export async function withStore<T>(path: string, options: HDF5StoreOptions, use: (store: HDF5Store) => Promise<T>): Promise<T> {
  const store = await HDF5Store.open(path, options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

export async function bytesOf(weight: Weight | undefined): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of weight?.blocks() ?? []) blocks.push(block);
  return Buffer.concat(blocks);
}

/** The store lets go of its lock a moment after the last call. */
export function lockLetGo(): Promise<void> {
  return delay(60);
}

/** Bytes that look random, always the same for a seed. */
export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function noiseWeight(name: string, shape: number[], seed: number, dtype = 'float32'): Weight {
  const bytes = shape.reduce((product, length) => product * length, 4);
  return Weight.from({ name, shape, dtype }, noise(bytes, seed));
}

/** No other programs are found meanwhile; without flock and perl there is no flock. */
export async function withPath<T>(folder: string, commands: string[], use: () => Promise<T>): Promise<T> {
  const bin = join(folder, `bin-${commands.join('-')}`);
  mkdirSync(bin);
  for (const command of commands) symlinkSync(`/usr/bin/${command}`, join(bin, command));
  const before = process.env['PATH'];
  process.env['PATH'] = bin;
  try {
    return await use();
  } finally {
    process.env['PATH'] = before;
  }
}
