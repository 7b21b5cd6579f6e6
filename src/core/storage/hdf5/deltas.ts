import { CoralError } from '../../errors';
import { isHash } from '../../validate';
import { damagedDelta, Delta, type DeltaArray, type DeltaMetadata, verifiedDelta } from '../../weights/delta';
import { byteLengthOf } from '../../weights/dtype';
import { slices } from '../../weights/weight';
import { readAttributes, type StoredAttributes } from './attributes';
import { largestRatio } from './catalog';
import { readingSlabs, readSlab, readStored, type Tensor } from './datasets';
import { tensorType } from './datatypes';
import type { Hdf5File } from './hdf5File';
import { Hdf5Failure } from './hdf5Instance';
import type { Session } from './session';
import type { Slab } from './slabs';

const group = '/deltas';
const deltaPath = (hash: string): string => `${group}/${hash}`;

interface StoredDelta {
  readonly metadata: DeltaMetadata;
  readonly array: DeltaArray;
  readonly tensor: Tensor;
  readonly chunks: readonly number[] | null;
}

/** Those that can be read, sorted. */
export function listDeltas(session: Session, signal?: AbortSignal): Promise<string[]> {
  return session.read((file) => file?.names(group).filter((name) => isHash(name) && isReadable(file, name)).sort() ?? [], signal);
}

/** undefined when absent. Reason "corrupt" or "unsupported" when it cannot be a delta. */
export async function readDelta(session: Session, hash: string, signal?: AbortSignal): Promise<Delta | undefined> {
  if (!isHash(hash)) return undefined;
  const stored = await session.read((file) => file && readable(file, hash, () => describe(file, hash)), signal);
  if (stored === undefined) return undefined;
  const { metadata, array } = stored;
  return new Delta(metadata, array, verifiedDelta(metadata, array, (abort) => blocks(session, stored, abort)));
}

/** A writer that was killed leaves a dataset without attributes, which counts as absent. A damaged one is there: reading it says what is wrong. */
function isReadable(file: Hdf5File, hash: string): boolean {
  try {
    const names = file.call((api, id) => api.get_attribute_names(id, deltaPath(hash)));
    return ['delta_type', 'original_shape', 'original_dtype', 'reference_hash'].every((name) => names.includes(name));
  } catch (error) {
    if (error instanceof Hdf5Failure) return true;
    throw error;
  }
}

function describe(file: Hdf5File, hash: string): StoredDelta | undefined {
  if (!file.exists(group) || !file.exists(deltaPath(hash)) || !isReadable(file, hash)) return undefined;
  const { chunks, ...stored } = readStored(file, deltaPath(hash));
  const type = tensorType(stored, undefined);
  if (type === undefined || stored.shape === null) throw damagedDelta(hash, 'its data is no array of numbers');
  const array = { shape: stored.shape, ...type };
  const bytes = byteLengthOf(array.shape, array.dtype);
  if (bytes > file.size * largestRatio) throw damagedDelta(hash, `it claims ${bytes} bytes of data, more than could be in the file`);
  return { metadata: metadataOf(hash, readAttributes(file, deltaPath(hash))), array, tensor: { type, shape: array.shape }, chunks };
}

function metadataOf(hash: string, attributes: StoredAttributes): DeltaMetadata {
  const text = (name: string): string | undefined => {
    const value = attributes.get(name);
    return typeof value === 'string' ? value : undefined;
  };
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

function isShape(value: string | number[] | undefined): value is number[] {
  return typeof value === 'object' && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

async function* blocks(session: Session, { metadata: { hash }, tensor, chunks }: StoredDelta, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  const read = (slab: Slab): Promise<Uint8Array> => session.read((file) => {
    if (file === undefined) throw new CoralError('missing', `Delta ${hash} is gone: its file was removed while it was read.`, { hash });
    return readable(file, hash, () => readSlab(file, deltaPath(hash), tensor, slab));
  }, signal);
  for (const slab of readingSlabs(tensor, chunks)) yield* slices(await read(slab));
}

/** What HDF5 says about a delta becomes one of our errors; all of them name the file. */
function readable<T>({ path }: Hdf5File, hash: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (CoralError.is(error)) throw error.with({ path });
    if (!(error instanceof Hdf5Failure)) throw error;
    throw new CoralError('corrupt', `Delta ${hash} in ${path} cannot be read: ${error.message}. Restore it from another copy.`, { hash, path }, { cause: error });
  }
}
