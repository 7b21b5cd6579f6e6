import { chmodSync, closeSync, linkSync, readdirSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { CoralError, throwIfCancelled } from '../../base/errors';
import { Weight } from '../../weights/weight';
import { formatBytes } from '../../../text/format';
import { fileError, openRegularSync } from '../../base/files';
import { mapConcurrently } from '../../base/mapConcurrently';
import { Semaphore } from '../../base/semaphore';
import type { DropOptions, StoredKey } from '../survey';
import { syncFolderOf } from './durable';
import { type LockOptions, lockFile } from './lockFile';
import { HDF5Store } from './hdf5Store';
import { makeStore } from './makeStore';
import { fileSignature, unsettledMs } from './fileSignature';
import { realPathOf } from './realPathOf';
import { hasJournal } from './recovery';
import { removeDeadSpools, spoolPath } from './spools';
import { readAt, readSuperblock } from './superblock';
import { batchWeights } from './writeQueue';

type CompactOptions = DropOptions & Partial<LockOptions>;

/** Python records what it staged or committed just after closing the store: wait this long for it. */
const lateNamesMs = 500;
/** Bytes of tensors being copied at the same time; a larger one goes alone. */
const copying = new Semaphore(64 * 1024 * 1024);

/**
 * Removes weights and deltas from a weights.h5, which HDF5 itself cannot do without losing their space: all others are copied to a fresh
 * file, read again there, and the file is replaced in one step. The store is locked only for that step; when anything was written to
 * it since, reason "conflict" and nothing has changed. Needs as much free space as what stays takes.
 */
export async function compactStore(path: string, drop: readonly StoredKey[], options: CompactOptions): Promise<void> {
  const target = realPathOf(path);
  const draft = spoolPath(target, 'fresh');
  removeDraft(draft);
  removeDeadSpools(target);
  try {
    await delay(unsettledMs(target));
    const before = fileSignature(target);
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
    checkSpace(path, draft, await bytesOf(source, items.filter((item) => drop.has(placeOf(item))), options.signal));
    await startDraft(path, draft);
    const forms = await readForms(source, kept, path, options.signal);
    const copied = new Map<string, { key: StoredKey; metadata: unknown }>();
    for (const compression of ['none', 'gzip'] as const) {
      const fresh = await HDF5Store.open(draft, { mode: 'write', compression });
      try {
        const these = kept.filter((item) => forms.get(placeOf(item)) === (compression === 'gzip'));
        await mapConcurrently(these, batchWeights, async (key) => {
          throwIfCancelled(options.signal);
          const metadata = await copy(source, fresh, key, options.signal).catch((error: unknown) => { throw unlessDamaged(error, path, key); });
          copied.set(placeOf(key), { key, metadata });
          options.onDone?.(key);
        });
      } finally {
        await fresh.close();
      }
    }
    return copied;
  } finally {
    await source.close();
  }
}

/** When nothing is kept: an empty file is an empty store, to h5py as well. A user block before the HDF5 data is kept. */
async function startDraft(path: string, draft: string): Promise<void> {
  const userBlock = readUserBlock(path);
  if (userBlock.byteLength > 0) await makeStore(draft, 0o600, userBlock);
  else writeFileSync(draft, '', { flag: 'wx' });
}

function readUserBlock(path: string): Buffer {
  const file = openRegularSync(path, 'r');
  try {
    return readAt(file, 0, readSuperblock(path)?.base ?? 0);
  } finally {
    closeSync(file);
  }
}

/** Whether each is compressed. */
async function readForms(
  source: HDF5Store, kept: readonly StoredKey[], path: string, signal: AbortSignal | undefined,
): Promise<Map<string, boolean>> {
  const forms = new Map<string, boolean>();
  for (const key of kept) {
    const { compressed, foreignAttributes: [foreign] } = await source.storedForm(key, signal);
    if (foreign !== undefined) throw refused('unsupported', path, `${placeOf(key)} has the attribute ${JSON.stringify(foreign)}, which is not Coral's and would be lost`, key.hash);
    forms.set(placeOf(key), compressed);
  }
  return forms;
}

/** Reading and writing both verify the hash. */
async function copy(source: HDF5Store, fresh: HDF5Store, { kind, hash }: StoredKey, signal: AbortSignal | undefined): Promise<unknown> {
  const item = kind === 'weight' ? await source.read(hash, signal) : await source.readDelta(hash, signal);
  if (item === undefined) throw goneMeanwhile(hash);
  await copying.with(item.byteLength, () => (item instanceof Weight ? fresh.write(item, { signal }) : fresh.writeDelta(item, { signal })), signal);
  return item.metadata;
}

/** Reads everything again from the fresh file: so far only the writing was verified. */
async function verifyCopy(draft: string, kept: Kept, { signal }: CompactOptions): Promise<void> {
  const fresh = await HDF5Store.open(draft);
  try {
    const found = await fresh.survey(signal);
    const places = found.items.map(placeOf).sort();
    if (!isDeepStrictEqual(places, [...kept.keys()].sort())) {
      throw new CoralError('corrupt', `The fresh copy of the store does not hold what it should; nothing was changed. Try again.`);
    }
    for (const { key: { kind, hash }, metadata } of kept.values()) {
      const item = kind === 'weight' ? await fresh.read(hash, signal) : await fresh.readDelta(hash, signal);
      if (item === undefined || !isDeepStrictEqual(item.metadata, metadata)) {
        throw new CoralError('corrupt', `${kind} ${hash} was not copied as it is; nothing was changed. Try again.`, { hash });
      }
      const blocks = item.blocks(signal)[Symbol.asyncIterator]();
      while ((await blocks.next()).done !== true) throwIfCancelled(signal);
    }
  } finally {
    await fresh.close();
  }
}

/**
 * The store changes at this one moment. Both files are locked: nobody writes to the fresh one, which may yet be taken back, and
 * whoever opened the old one too early can no longer write to it.
 */
async function replace(
  path: string, draft: string, before: string, { confirm, signal, timeoutMs = 60_000, onWaiting }: CompactOptions,
): Promise<void> {
  const lock = await lockFile(path, 'exclusive', { timeoutMs, onWaiting }, signal);
  const freshLock = await lockFile(draft, 'exclusive', { timeoutMs });
  const old = spoolPath(path, 'old');
  let [kept, gone] = [lock, freshLock];
  try {
    if (lock === undefined || fileSignature(path) !== before || hasJournal(path)) throw changed(path);
    await confirm();
    lock.check();
    chmodSync(draft, statSync(path).mode & 0o777);
    const canUndo = tryLink(path, old);
    renameSync(draft, path);
    [kept, gone] = [freshLock, lock];
    syncFolderOf(path);
    await delay(lateNamesMs);
    if (canUndo) await confirm().catch((error: unknown) => {
      lock.check();
      renameSync(old, path);
      [kept, gone] = [lock, freshLock];
      syncFolderOf(path);
      throw error;
    });
  } finally {
    rmSync(old, { force: true });
    // The lock file, which belongs to the old file's lock, must go before the flock of the new file.
    gone?.releaseLater();
    kept?.release();
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

/** The bytes they take in the file, as far as its layout is known. */
async function bytesOf(source: HDF5Store, keys: readonly StoredKey[], signal: AbortSignal | undefined): Promise<number> {
  let bytes = 0;
  for (const key of keys) {
    const { extents } = await source.rawDataset(key, signal).catch((error: unknown) => {
      if (CoralError.is(error, 'cancelled')) throw error;
      return { extents: [] };
    });
    bytes += extents.reduce((sum, extent) => sum + extent.bytes, 0);
  }
  return bytes;
}

function checkSpace(path: string, draft: string, dropped: number): void {
  const needed = statSync(path).size - dropped;
  const { bavail, bsize } = statfsSync(dirname(draft));
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new CoralError(
    'full', `Pruning ${path} needs up to ${formatBytes(needed)} for a fresh copy; ${formatBytes(free)} are free on ${dirname(draft)}. `
    + 'Make room and try again.', { path });
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

const changed = (path: string): CoralError => new CoralError(
  'conflict', `${path} was written to by another program meanwhile. Nothing was changed; prune again.`, { path });
const goneMeanwhile = (hash: string): CoralError => new CoralError(
  'conflict', `${hash} went away meanwhile. Nothing was changed; prune again.`, { hash });
