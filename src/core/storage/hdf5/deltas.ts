import { CoralError } from '../../base/errors';
import { isHash } from '../../base/validate';
import { conflictingDelta, damagedDelta, Delta, type DeltaArray, type DeltaMetadata, sameDelta, verifiedDelta } from '../../weights/delta';
import { byteLengthOf, isShape } from '../../weights/dtype';
import { slices } from '../../weights/blocks';
import { type Attributes, readAttributes } from './attributes';
import { type StoredAttributes, textAttributesOf } from './datasetHeader';
import { type Catalog, deltasGroup, isSound, maxRatio, unreadable } from './catalog';
import { readingSlabs, readSlab, readStored, type Tensor } from './datasets';
import { tensorType } from './datatypes';
import type { Hdf5File } from './hdf5File';
import { Hdf5Failure } from './hdf5Instance';
import type { Payload } from './payload';
import type { Session } from './session';
import type { Slab } from './slabs';
import type { Entry } from './planWrites';

interface StoredDelta {
  readonly metadata: DeltaMetadata;
  readonly array: DeltaArray;
  readonly tensor: Tensor;
  readonly chunks: readonly number[] | null;
}

/** Those that can be read, sorted. */
export function listDeltas(session: Session, signal?: AbortSignal): Promise<string[]> {
  return session.read((file, catalog) => (file === undefined ? [] : catalog.deltas.list(file)), signal);
}

export async function readDeltaMetadata(session: Session, hash: string, signal?: AbortSignal): Promise<DeltaMetadata | undefined> {
  if (!isHash(hash)) return undefined;
  return session.read((file, catalog) => {
    if (file === undefined || !catalog.deltas.has(file, hash)) return undefined;
    return catalog.deltas.quickly(file, hash, attributeNames, ({ attributes }) => metadataOf(hash, attributes))
      ?? readable(file, hash, () => describe(file, catalog, hash)?.metadata);
  }, signal);
}

/** undefined when absent. Reason "corrupt" or "unsupported" when it cannot be a delta. */
export async function readDelta(session: Session, hash: string, signal?: AbortSignal): Promise<Delta | undefined> {
  if (!isHash(hash)) return undefined;
  const stored = await session.read((file, catalog) => file && readable(file, hash, () => describe(file, catalog, hash)), signal);
  if (stored === undefined) return undefined;
  const { metadata, array } = stored;
  return new Delta(metadata, array, verifiedDelta(metadata, array, (abort) => blocks(session, stored, abort)));
}

/** The entry to write for a delta whose array has been collected. */
export function deltaEntry(
  { metadata, array: { shape, dtype, byteOrder } }: Delta, payload: Payload, force: boolean, signal: AbortSignal | undefined,
): Entry {
  return {
    kind: 'delta', hash: metadata.hash, tensor: { type: { dtype, byteOrder }, shape }, attributes: attributesOf(metadata), payload, force, signal,
    isThere: (file, catalog) => isThere(file, catalog, metadata),
  };
}

/** Whether a sound copy exists. A damaged one does not count; one with other parameters is a conflict. */
export function isThere(file: Hdf5File, catalog: Catalog, metadata: DeltaMetadata): boolean {
  let found: DeltaMetadata | undefined;
  if (!isSound(() => found = readable(file, metadata.hash, () => describe(file, catalog, metadata.hash)?.metadata)) || found === undefined) return false;
  if (sameDelta(found, metadata)) return true;
  throw conflictingDelta(metadata.hash, file.path).with({ path: file.path });
}

function describe(file: Hdf5File, catalog: Catalog, hash: string): StoredDelta | undefined {
  if (!catalog.deltas.has(file, hash)) return undefined;
  const path = catalog.deltas.path(hash);
  const { chunks, ...stored } = readStored(file, path);
  const type = tensorType(stored, undefined);
  if (type === undefined || stored.shape === null) throw damagedDelta(hash, 'its data is no array of numbers');
  const array = { shape: stored.shape, ...type };
  const bytes = byteLengthOf(array.shape, array.dtype);
  if (bytes > file.size * maxRatio) throw damagedDelta(hash, `it claims ${bytes} bytes of data, more than could be in the file`);
  return { metadata: metadataOf(hash, readAttributes(file, path)), array, tensor: { type, shape: array.shape }, chunks };
}

const attributeNames = new Set(['delta_type', 'original_shape', 'original_dtype', 'reference_hash', 'compression_ratio', 'metadata']);

/** The attributes as the Python tool writes them, in its order; a 0-d shape is an empty array of doubles, as numpy makes of (). */
function attributesOf({ deltaType, originalShape, originalDtype, referenceHash, compressionRatio, metadata }: DeltaMetadata): Attributes {
  return {
    delta_type: deltaType,
    original_shape: originalShape.length === 0 ? { float64: [] } : originalShape,
    original_dtype: originalDtype,
    reference_hash: referenceHash,
    compression_ratio: { float64: compressionRatio },
    metadata,
  };
}

function metadataOf(hash: string, attributes: StoredAttributes): DeltaMetadata {
  const text = textAttributesOf(attributes);
  const shape = attributes.get('original_shape');
  if (!isShape(shape)) throw damagedDelta(hash, 'its "original_shape" is not a list of lengths');
  const referenceHash = text('reference_hash') ?? '';
  if (!isHash(referenceHash)) throw damagedDelta(hash, 'its "reference_hash" is not a hash');
  const ratio = attributes.get('compression_ratio');
  return {
    hash, referenceHash,
    deltaType: text('delta_type') ?? '',
    originalShape: shape,
    originalDtype: text('original_dtype') ?? '',
    metadata: text('metadata') ?? '{}',
    compressionRatio: typeof ratio === 'object' ? ratio[0] ?? 0 : 0,
  };
}

async function* blocks(
  session: Session, { metadata: { hash }, tensor, chunks }: StoredDelta, signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  const read = (slab: Slab): Promise<Uint8Array> => session.read((file) => {
    if (file === undefined) throw new CoralError('missing', `Delta ${hash} is gone: its file was removed while it was read.`, { hash });
    return readable(file, hash, () => readSlab(file, `${deltasGroup}/${hash}`, tensor, slab));
  }, signal);
  for (const slab of readingSlabs(tensor, chunks)) yield* slices(await read(slab));
}

/** Turns HDF5's errors about a delta into ours; all of them name the file. */
function readable<T>({ path }: Hdf5File, hash: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (CoralError.is(error)) throw error.with({ path });
    throw error instanceof Hdf5Failure ? unreadable(error, path, hash, 'delta') : error;
  }
}
