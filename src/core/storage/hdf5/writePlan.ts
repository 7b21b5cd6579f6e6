import { setImmediate } from 'node:timers/promises';
import { CoralError, throwIfCancelled } from '../../errors';
import type { Weight } from '../../weights/weight';
import { createAttributes, writeAttributes } from './attributes';
import { attributesOf, type Catalog, unreadable, weightPath, weightsGroup } from './catalog';
import { createDataset, overwriteDataset, readStored, type Tensor } from './datasets';
import { tensorType } from './datatypes';
import type { StoredMetadata } from './hdf5Api';
import type { Hdf5File } from './hdf5File';
import { Hdf5Failure } from './hdf5Instance';
import { type RawFile, replaceDatatype } from './objectHeader';
import { gzipPays, type Payload } from './payload';
import { forgetNames, hasSymbolTable, relink } from './symbolTable';
import type { WritePlan } from './session';

export type Compression = 'auto' | 'gzip' | 'none';

/** A weight whose bytes have been collected and found to match its hash. */
export interface Entry {
  readonly weight: Weight;
  readonly payload: Payload;
  /** Write even if a sound weight is there. */
  readonly force: boolean;
  readonly signal: AbortSignal | undefined;
}

/** How one weight is written: nothing has its hash yet; over the data there; or in the place of what is there. */
type Way = { readonly way: 'create' | 'replace' } | { readonly way: 'overwrite'; readonly chunks: readonly number[] | null };
type Step = Way & { readonly entry: Entry };

export interface PlanOptions {
  readonly compression: Compression;
  /** those whose data could not be written over, so that they must be replaced */
  readonly replaced: ReadonlySet<Entry>;
  /** told which weight failed before the commit rejects, and whether it may yet be replaced */
  readonly onFailure: (entry: Entry, replaceable: boolean) => void;
}

/** What a commit of these weights does to the file; undefined when all are there. Several may have one hash: the first counts. */
export function planWrites(entries: readonly Entry[], options: PlanOptions, file: Hdf5File, catalog: Catalog): WritePlan | undefined {
  const steps = new Map<string, Step>();
  for (const entry of entries) {
    const { hash } = entry.weight.metadata;
    if (steps.has(hash) || (!entry.force && catalog.isSound(file, hash))) continue;
    const way = !catalog.isTaken(file, hash) ? { way: 'create' as const } : options.replaced.has(entry) ? { way: 'replace' as const } : wayOver(file, hash, entry.weight);
    steps.set(hash, { entry, ...way });
  }
  if (steps.size === 0) return undefined;
  return { changes: steps.keys(), write: (open, raw) => writeSteps(open, raw, [...steps.values()], options) };
}

function tensorOf({ metadata: { dtype, shape }, byteOrder }: Weight): Tensor {
  return { type: { dtype, byteOrder }, shape };
}

/** Data of the same shape and type is written over; anything else is replaced. */
function wayOver(file: Hdf5File, hash: string, weight: Weight): Way {
  try {
    const stored = readStored(file, weightPath(hash));
    return fits(stored, tensorOf(weight)) ? { way: 'overwrite', chunks: stored.chunks } : { way: 'replace' };
  } catch (error) {
    if (error instanceof Hdf5Failure) return { way: 'replace' };
    throw error;
  }
}

function fits(stored: StoredMetadata, { type, shape }: Tensor): boolean {
  const found = tensorType(stored, type.dtype);
  return found?.dtype === type.dtype && found.byteOrder === type.byteOrder
    && stored.shape?.length === shape.length && stored.shape.every((length, i) => length === shape[i]);
}

type Patch = (raw: RawFile) => void;

/** Then others run, so that a cancellation is heard of. */
const longestBusyMs = 50;

async function writeSteps(file: Hdf5File, raw: RawFile, steps: readonly Step[], options: PlanOptions): Promise<Patch[]> {
  const patches: Patch[] = [];
  const scratchIsFree = file.names(scratchGroup).length === 0;
  let busySince = performance.now();
  for (const step of steps) {
    if (performance.now() - busySince > longestBusyMs) {
      await setImmediate();
      busySince = performance.now();
    }
    try {
      throwIfCancelled(step.entry.signal);
      if (step.way === 'replace') checkReplaceable(file, raw, step.entry.weight.metadata.hash, scratchIsFree);
      patches.push(...await writeStep(file, step, options.compression));
    } catch (error) {
      options.onFailure(step.entry, step.way === 'overwrite' && error instanceof Hdf5Failure);
      throw error instanceof Hdf5Failure ? notWritten(error, file.path, step.entry.weight.metadata.hash) : error;
    }
  }
  const replaced = steps.filter(({ way }) => way === 'replace').map(({ entry }) => entry.weight.metadata.hash);
  if (replaced.length > 0) patches.push(relinkAll(file, replaced), emptyScratch(file));
  return patches;
}

function notWritten(failure: Hdf5Failure, path: string, hash: string): CoralError {
  if (!/No space left|quota exceeded/i.test(failure.message)) return unreadable(failure, path, hash);
  return new CoralError('full', `There is no space left to write weight ${hash} to ${path}.`, { hash, path }, { cause: failure });
}

async function writeStep(file: Hdf5File, step: Step, compression: Compression): Promise<Patch[]> {
  const { weight: { metadata }, payload, signal } = step.entry;
  if (step.way === 'overwrite') {
    const path = weightPath(metadata.hash);
    await overwriteDataset(file, path, tensorOf(step.entry.weight), step.chunks, payload, signal);
    writeAttributes(file, path, attributesOf(metadata));
    return [];
  }
  const path = step.way === 'replace' ? scratchPath(metadata.hash) : weightPath(metadata.hash);
  const gzip = compression === 'gzip' || (compression === 'auto' && gzipPays(payload));
  const datatype = await createDataset(file, path, tensorOf(step.entry.weight), payload, gzip, signal);
  createAttributes(file, path, attributesOf(metadata));
  return datatype ? [(bytes) => replaceDatatype(bytes, datatype.header, datatype.message)] : [];
}

/**
 * What replaces something is made under a name in /metadata, a group that Coral never uses, because its own name is taken.
 * Once the file is closed, its own name is made to stand for it, and /metadata is emptied again.
 */
const scratchGroup = '/metadata';
const scratchPath = (hash: string): string => `${scratchGroup}/${hash}`;

function checkReplaceable(file: Hdf5File, raw: RawFile, hash: string, scratchIsFree: boolean): void {
  if (scratchIsFree && [weightsGroup, scratchGroup].every((group) => hasSymbolTable(raw, file.addressOf(group)))) return;
  throw new CoralError(
    'unsupported', `What ${file.path} holds as weight ${hash} is damaged and cannot be replaced, because the file's groups are not laid out as usual. `
    + `Delete it with h5py (del file["${weightPath(hash)}"]) and try again.`, { hash, path: file.path });
}

function relinkAll(file: Hdf5File, hashes: readonly string[]): Patch {
  const group = file.addressOf(weightsGroup);
  const headers = new Map(hashes.map((hash) => [hash, file.addressOf(scratchPath(hash))]));
  return (raw) => {
    const [hash] = relink(raw, group, headers);
    if (hash !== undefined) throw new CoralError('corrupt', `${file.path} is damaged: its index does not hold ${hash}, which it lists.`, { hash, path: file.path });
  };
}

function emptyScratch(file: Hdf5File): Patch {
  const group = file.addressOf(scratchGroup);
  return (raw) => forgetNames(raw, group);
}
