import { chmodSync, linkSync, readdirSync, realpathSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { CoralError, throwIfCancelled } from '../../errors';
import { fileError } from '../jsonFile';
import type { DropOptions, StoredKey } from '../survey';
import { syncFolderOf } from './durable';
import { type LockOptions, lockFile } from './fileLock';
import { HDF5Store } from './hdf5Store';
import { hasJournal } from './journal';

export type CompactOptions = DropOptions & Partial<LockOptions>;

/** A program that opened the old file just before it was replaced asks for its lock within this time, and must not get it. */
const latecomersMs = 150;

/**
 * Removes weights and deltas from a weights.h5, which HDF5 itself cannot do without losing their space: all others are copied to a fresh
 * file, read again there, and the file is replaced in one step. The store is locked only for that step; when anything was written to
 * it since, reason "conflict" and nothing has changed. Needs as much free space as what stays takes.
 */
export async function compactStore(path: string, drop: readonly StoredKey[], options: CompactOptions): Promise<void> {
  const target = realpathSync(path);
  const draft = `${target}.spool-${process.pid}-fresh`;
  removeDraft(draft);
  try {
    const before = signature(target);
    const kept = await copyKept(target, draft, new Set(drop.map(placeOf)), options);
    await verifyCopy(draft, kept, options);
    await replace(target, draft, before, options);
  } catch (error) {
    throw CoralError.is(error) || !(error instanceof Error && 'code' in error) ? error : fileError(error, target);
  } finally {
    removeDraft(draft);
  }
}

const placeOf = ({ kind, hash }: StoredKey): string => `${kind} ${hash}`;

/** The metadata of what was copied, by place. */
type Kept = ReadonlyMap<string, { readonly key: StoredKey; readonly metadata: unknown }>;

async function copyKept(path: string, draft: string, drop: ReadonlySet<string>, options: CompactOptions): Promise<Kept> {
  const source = await HDF5Store.open(path, { lockTimeoutMs: options.timeoutMs, onWaiting: options.onWaiting });
  try {
    const { items, strange } = await source.survey(options.signal);
    const kept = items.filter((item) => !drop.has(placeOf(item)));
    const [foreign] = strange;
    if (foreign !== undefined) throw refused('unsupported', path, `it holds ${JSON.stringify(foreign)}, which is not Coral's and would be lost. Move it to another file first`);
    const broken = kept.find(({ incomplete }) => incomplete);
    if (broken !== undefined) throw refused('corrupt', path, `${placeOf(broken)} lacks its attributes. Run "Coral: Repair..." first`, broken.hash);
    checkSpace(path, draft);
    // Where nothing stays: an empty file is an empty store, to h5py as well.
    writeFileSync(draft, '', { flag: 'wx' });
    const forms = await readForms(source, kept, path, options.signal);
    const copied = new Map<string, { key: StoredKey; metadata: unknown }>();
    for (const compression of ['none', 'gzip'] as const) {
      const fresh = await HDF5Store.open(draft, { mode: 'write', compression });
      try {
        for (const key of kept.filter((item) => forms.get(placeOf(item)) === (compression === 'gzip'))) {
          throwIfCancelled(options.signal);
          const metadata = await copy(source, fresh, key, options.signal).catch((error: unknown) => { throw unlessDamaged(error, path, key); });
          copied.set(placeOf(key), { key, metadata });
          options.onDone?.(key);
        }
      } finally {
        await fresh.close();
      }
    }
    return copied;
  } finally {
    await source.close();
  }
}

/** Whether each is compressed. */
async function readForms(source: HDF5Store, kept: readonly StoredKey[], path: string, signal: AbortSignal | undefined): Promise<Map<string, boolean>> {
  const forms = new Map<string, boolean>();
  for (const key of kept) {
    const { compressed, foreignAttributes: [foreign] } = await source.storedForm(key, signal);
    if (foreign !== undefined) throw refused('unsupported', path, `${placeOf(key)} has the attribute ${JSON.stringify(foreign)}, which is not Coral's and would be lost`, key.hash);
    forms.set(placeOf(key), compressed);
  }
  return forms;
}

/** Both the reading and the writing compare the hash. */
async function copy(source: HDF5Store, fresh: HDF5Store, { kind, hash }: StoredKey, signal: AbortSignal | undefined): Promise<unknown> {
  if (kind === 'weight') {
    const weight = await source.read(hash, signal);
    if (weight === undefined) throw goneMeanwhile(hash);
    await fresh.write(weight, { signal });
    return weight.metadata;
  }
  const delta = await source.readDelta(hash, signal);
  if (delta === undefined) throw goneMeanwhile(hash);
  await fresh.writeDelta(delta, { signal });
  return delta.metadata;
}

/** Every one is read again from the fresh file, which the last hash check of it was not. */
async function verifyCopy(draft: string, kept: Kept, { signal }: CompactOptions): Promise<void> {
  const fresh = await HDF5Store.open(draft);
  try {
    const found = await fresh.survey(signal);
    const places = found.items.map(placeOf).sort();
    if (!isDeepStrictEqual(places, [...kept.keys()].sort())) throw new CoralError('corrupt', `The fresh copy of the store does not hold what it should; nothing was changed. Try again.`);
    for (const { key: { kind, hash }, metadata } of kept.values()) {
      const item = kind === 'weight' ? await fresh.read(hash, signal) : await fresh.readDelta(hash, signal);
      if (item === undefined || !isDeepStrictEqual(item.metadata, metadata)) throw new CoralError('corrupt', `${kind} ${hash} was not copied as it is; nothing was changed. Try again.`, { hash });
      const blocks = item.blocks(signal)[Symbol.asyncIterator]();
      while ((await blocks.next()).done !== true) throwIfCancelled(signal);
    }
  } finally {
    await fresh.close();
  }
}

/** The one moment at which the store changes. */
async function replace(path: string, draft: string, before: string, { confirm, signal, timeoutMs = 60_000, onWaiting }: CompactOptions): Promise<void> {
  const lock = await lockFile(path, 'exclusive', { timeoutMs, onWaiting }, signal);
  if (lock === undefined) throw changed(path);
  const old = `${path}.spool-${process.pid}-old`;
  try {
    if (signature(path) !== before || hasJournal(path)) throw changed(path);
    await confirm();
    chmodSync(draft, statSync(path).mode & 0o777);
    const canUndo = tryLink(path, old);
    renameSync(draft, path);
    syncFolderOf(path);
    await delay(latecomersMs);
    if (canUndo) await confirm().catch((error: unknown) => {
      renameSync(old, path);
      syncFolderOf(path);
      throw error;
    });
  } finally {
    rmSync(old, { force: true });
    lock.release();
  }
}

/** Not every file system has links; without one there is no way back. */
function tryLink(path: string, link: string): boolean {
  try {
    rmSync(link, { force: true });
    linkSync(path, link);
    return true;
  } catch {
    return false;
  }
}

function checkSpace(path: string, draft: string): void {
  const needed = statSync(path).size;
  const { bavail, bsize } = statfsSync(dirname(draft));
  if (bavail * bsize >= needed) return;
  throw new CoralError('full', `Pruning ${path} needs up to ${needed} bytes for a fresh copy; ${bavail * bsize} are free on ${dirname(draft)}. Make room and try again.`, { path });
}

function signature(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true });
  return `${ino}:${size}:${mtimeNs}`;
}

function removeDraft(draft: string): void {
  for (const name of readdirSync(dirname(draft))) if (name.startsWith(basename(draft))) rmSync(join(dirname(draft), name), { force: true });
}

function refused(reason: 'unsupported' | 'corrupt', path: string, what: string, hash?: string): CoralError {
  return new CoralError(reason, `${path} was not pruned, and nothing was changed: ${what}.`, { path, hash });
}

function unlessDamaged(error: unknown, path: string, key: StoredKey): unknown {
  if (!CoralError.is(error, 'corrupt')) return error;
  return refused('corrupt', path, `${placeOf(key)} is in use and damaged. Run "Coral: Repair..." first`, key.hash);
}

const changed = (path: string): CoralError => new CoralError('conflict', `${path} was written to by another program meanwhile. Nothing was changed; prune again.`, { path });
const goneMeanwhile = (hash: string): CoralError => new CoralError('conflict', `${hash} went away meanwhile. Nothing was changed; prune again.`, { hash });
