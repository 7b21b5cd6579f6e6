import { setImmediate } from 'node:timers/promises';
import { CoralError, throwIfCancelled } from '../../base/errors';
import { type Attributes, createAttributes, writeAttributes } from './attributes';
import type { Catalog } from './catalog';
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

/** A dataset to be written. Its bytes have been collected and found to match its hash. */
export interface Entry {
  readonly kind: 'weight' | 'delta';
  readonly hash: string;
  readonly tensor: Tensor;
  readonly attributes: Attributes;
  readonly payload: Payload;
  /** Whether a sound one is there already. Throws when what is there must not be replaced. */
  readonly isThere: (file: Hdf5File, catalog: Catalog) => boolean;
  /** Write even if a sound one is there. */
  readonly force: boolean;
  readonly signal: AbortSignal | undefined;
}

/** How one dataset is written: nothing has its name yet; over the data there; or in the place of what is there. */
type Way = { readonly way: 'create' | 'replace' } | { readonly way: 'overwrite'; readonly chunks: readonly number[] | null };
type Step = Way & { readonly entry: Entry; readonly group: string; readonly path: string };

interface WritePlanOptions {
  readonly compression: Compression;
  /** those whose data could not be written over, so that they must be replaced */
  readonly replaced: ReadonlySet<Entry>;
  /** told which weight failed before the commit rejects, and whether it may yet be replaced */
  readonly onFailure: (entry: Entry, replaceable: boolean) => void;
}

/** What a commit of these does to the file; undefined when all are there. Several may have one hash: the first counts. */
export function planWrites(entries: readonly Entry[], options: WritePlanOptions, file: Hdf5File, catalog: Catalog): WritePlan | undefined {
  const steps = new Map<string, Step>();
  for (const entry of entries) {
    const members = entry.kind === 'weight' ? catalog.weights : catalog.deltas;
    const path = members.path(entry.hash);
    if (steps.has(path) || (isThere(entry, options, file, catalog) && !entry.force)) continue;
    const way = !members.isTaken(file, entry.hash) ? { way: 'create' as const }
      : options.replaced.has(entry) ? { way: 'replace' as const } : wayOver(file, path, entry.tensor);
    steps.set(path, { entry, group: members.group, path, ...way });
  }
  if (steps.size === 0) return undefined;
  return { changes: steps.keys(), write: (open, raw) => writeSteps(open, raw, [...steps.values()], options) };
}

function isThere(entry: Entry, { onFailure }: WritePlanOptions, file: Hdf5File, catalog: Catalog): boolean {
  try {
    return entry.isThere(file, catalog);
  } catch (error) {
    onFailure(entry, false);
    throw error;
  }
}

/** Data of the same shape and type is written over; anything else is replaced. */
function wayOver(file: Hdf5File, path: string, tensor: Tensor): Way {
  try {
    const stored = readStored(file, path);
    return fits(stored, tensor) ? { way: 'overwrite', chunks: stored.chunks } : { way: 'replace' };
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
const maxBusyMs = 50;

async function writeSteps(file: Hdf5File, raw: RawFile, steps: readonly Step[], options: WritePlanOptions): Promise<Patch[]> {
  const patches: Patch[] = [];
  const scratchIsFree = file.names(scratchGroup).length === 0;
  let busySince = performance.now();
  for (const step of steps) {
    if (performance.now() - busySince > maxBusyMs) {
      await setImmediate();
      busySince = performance.now();
    }
    try {
      throwIfCancelled(step.entry.signal);
      if (step.way === 'replace') checkReplaceable(file, raw, step, scratchIsFree);
      patches.push(...await writeStep(file, step, options.compression));
    } catch (error) {
      options.onFailure(step.entry, step.way === 'overwrite' && error instanceof Hdf5Failure);
      throw error instanceof Hdf5Failure ? notWritten(error, file.path, step.entry) : error;
    }
  }
  const replaced = steps.filter(({ way }) => way === 'replace');
  for (const group of new Set(replaced.map((step) => step.group))) patches.push(relinkAll(file, group, replaced.filter((step) => step.group === group)));
  if (replaced.length > 0) patches.push(emptyScratch(file));
  return patches;
}

/** HDF5 failed at what it found in the file; what the disk says to a write is told as that. */
function notWritten(failure: Hdf5Failure, path: string, { kind, hash }: Entry): CoralError {
  const message = `${kind} ${hash} could not be written: HDF5 cannot work with what ${path} holds (${failure.message}). Nothing was changed. Run "Coral: Check Integrity..." to see what is damaged.`;
  return new CoralError('corrupt', message, { hash, path }, { cause: failure });
}

async function writeStep(file: Hdf5File, step: Step, compression: Compression): Promise<Patch[]> {
  const { tensor, attributes, payload, signal } = step.entry;
  if (step.way === 'overwrite') {
    await overwriteDataset(file, step.path, tensor, step.chunks, payload, signal);
    writeAttributes(file, step.path, attributes);
    return [];
  }
  const path = step.way === 'replace' ? scratchPath(step) : step.path;
  const gzip = compression === 'gzip' || (compression === 'auto' && gzipPays(payload));
  const datatype = await createDataset(file, path, tensor, payload, gzip, signal);
  createAttributes(file, path, attributes);
  return datatype ? [(bytes) => replaceDatatype(bytes, datatype.header, datatype.message)] : [];
}

/**
 * What replaces something is made under a name in /metadata, a group that Coral never uses, because its own name is taken.
 * Once the file is closed, its own name is made to stand for it, and /metadata is emptied again.
 */
const scratchGroup = '/metadata';
const scratchPath = ({ entry }: Step): string => `${scratchGroup}/${entry.kind}-${entry.hash}`;

function checkReplaceable(file: Hdf5File, raw: RawFile, { entry: { kind, hash }, group, path }: Step, scratchIsFree: boolean): void {
  if (scratchIsFree && [group, scratchGroup].every((name) => hasSymbolTable(raw, file.addressOf(name)))) return;
  throw new CoralError(
    'unsupported', `What ${file.path} holds as ${kind} ${hash} is damaged and cannot be replaced, because the file's groups are not laid out as usual. `
    + `Delete it with h5py (del file["${path}"]) and try again.`, { hash, path: file.path });
}

function relinkAll(file: Hdf5File, group: string, steps: readonly Step[]): Patch {
  const address = file.addressOf(group);
  const headers = new Map(steps.map((step) => [step.entry.hash, file.addressOf(scratchPath(step))]));
  return (raw) => {
    const [hash] = relink(raw, address, headers);
    if (hash !== undefined) {
      throw new CoralError(
        'corrupt', `${file.path} is damaged: its index does not hold ${hash}, which it lists.`, { hash, path: file.path });
    }
  };
}

function emptyScratch(file: Hdf5File): Patch {
  const group = file.addressOf(scratchGroup);
  return (raw) => forgetNames(raw, group);
}
