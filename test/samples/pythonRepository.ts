import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { python } from '../python/python.mjs';
import { writeCommit } from './commit';
import { FixtureCopy } from './fixtureCopy';

export interface PythonRepository {
  readonly root: string;
  readonly store: string;
  /** of the file remote "origin"; it does not exist yet */
  readonly remoteStore: string;
  readonly weights: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** A repository of one commit with `count` float32 weights of `bytes` bytes each, its store written by h5py. */
export async function makePythonRepository(count: number, bytes: number): Promise<PythonRepository> {
  const copy = await FixtureCopy.of('empty');
  const root = copy.repository;
  const store = join(root, '.coral/objects/weights.h5');
  const remote = join(copy.folder, 'remote');
  await rm(store);
  const script = resolve('test/samples/makeStore.py');
  const { stdout } = await promisify(execFile)(python, [script, store, String(count), String(bytes)], { maxBuffer: 1 << 26 });
  const weights = JSON.parse(stdout) as Record<string, string>;
  await writeCommit(root, { message: `${count} weights`, time: new Date(), weights });
  await writeRemotes(root, { origin: `file://${remote}` });
  return { root, store, remoteStore: join(remote, 'weights.h5'), weights, remove: () => copy.remove() };
}

/** In the shape that the Python tool's Repository and command line read. */
export async function writeRemotes(root: string, urls: Readonly<Record<string, string>>): Promise<void> {
  const entry = (url: string): object => ({ url, backend: url.slice(0, url.indexOf(':')), endpoint_url: null });
  const remotes = Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, entry(url)]));
  await writeFile(join(root, '.coral/remotes.json'), JSON.stringify(remotes, null, 2));
}
