import { CoralError } from '../../base/errors';
import { byteLengthOf, isDType } from '../../weights/dtype';
import type { WeightMetadata } from '../../weights/weight';
import { isObject, pythonJsonLine } from '../../base/json';
import { readJson } from '../../base/jsonReader';
import { type Attributes, readAttributes } from './attributes';
import { readStored, type Tensor } from './datasets';
import { type DatasetHeader, type StoredAttributes, textAttributesOf } from './datasetHeader';
import { datatypeMessage, tensorType, type TensorType } from './datatypes';
import type { Hdf5File } from './hdf5File';
import { Hdf5Failure } from './hdf5Instance';
import { Members } from './members';

export const weightsGroup = '/weights';
export const deltasGroup = '/deltas';
const weightPath = (hash: string): string => `${weightsGroup}/${hash}`;

export interface StoredWeight {
  readonly metadata: WeightMetadata;
  readonly tensor: Tensor;
  readonly chunks: readonly number[] | null;
}

/** Caches what describes the weights and deltas of a file, as long as it does not change. */
export class Catalog {
  readonly weights = new Members(weightsGroup, ['shape', 'dtype']);
  readonly deltas = new Members(deltasGroup, ['delta_type', 'original_shape', 'original_dtype', 'reference_hash']);

  /** undefined when absent. Throws "corrupt" or "unsupported" when it cannot be a weight. */
  describe(file: Hdf5File, hash: string): StoredWeight | undefined {
    return this.weights.quickly(file, hash, attributeNames, (header) => describeHeader(file, hash, header)) ?? this.check(file, hash);
  }

  /** Reads it through HDF5 itself, and throws what is wrong. */
  check(file: Hdf5File, hash: string): StoredWeight | undefined {
    return this.weights.has(file, hash) ? describe(file, hash) : undefined;
  }

  /** Whether a weight is there and nothing is wrong with what describes it. */
  isSound(file: Hdf5File, hash: string): boolean {
    return isSound(() => this.check(file, hash));
  }

  /** Call it after writing, with the paths of the datasets. */
  update(written: Iterable<string>): void {
    const paths = [...written];
    for (const members of [this.weights, this.deltas]) {
      const prefix = `${members.group}/`;
      members.update(paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)));
    }
  }
}

/** Whether what `check` looks for exists and is sound. */
export function isSound(check: () => unknown): boolean {
  try {
    return check() !== undefined;
  } catch (error) {
    if (CoralError.is(error, 'corrupt') || CoralError.is(error, 'unsupported')) return false;
    throw error;
  }
}

function describe(file: Hdf5File, hash: string): StoredWeight {
  const path = weightPath(hash);
  try {
    const { chunks, shape, ...stored } = readStored(file, path);
    return checked(file, hash, { typeOf: (dtype) => tensorType(stored, dtype), shape, chunks }, readAttributes(file, path));
  } catch (error) {
    throw error instanceof Hdf5Failure ? unreadable(error, file.path, hash) : error;
  }
}

/** Throws for types other than those that h5py writes. */
function describeHeader(file: Hdf5File, hash: string, { datatype, shape, chunks, attributes }: DatasetHeader): StoredWeight {
  const typeOf = (dtype: string): TensorType | undefined => (['little', 'big'] as const).map((byteOrder) => ({ dtype, byteOrder })).find((type) => {
    const written = datatypeMessage(type);
    return written.equals(datatype.subarray(0, written.byteLength));
  });
  return checked(file, hash, { typeOf, shape, chunks }, attributes);
}

interface Stored {
  readonly typeOf: (dtype: string) => TensorType | undefined;
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
}

function checked(file: Hdf5File, hash: string, stored: Stored, attributes: StoredAttributes): StoredWeight {
  const damaged = (what: string): CoralError => new CoralError(
    'corrupt', `Weight ${hash} in ${file.path} is damaged: ${what}.`, { hash, path: file.path });
  const metadata = metadataOf(hash, attributes, damaged);
  const { dtype, shape } = metadata;
  const type = stored.typeOf(dtype);
  if (type === undefined || !isDType(dtype)) {
    throw new CoralError(
      'unsupported', `Weight ${hash} in ${file.path} has the type "${dtype}", which is no tensor of numbers that Coral can `
      + 'exchange.', { hash });
  }
  if (type.dtype !== dtype) throw damaged(`its data is ${type.dtype}, its attribute says ${dtype}`);
  if (stored.shape?.join() !== shape.join()) throw damaged(`its data has shape (${stored.shape?.join(', ') ?? ''}), its attribute says (${shape.join(', ')})`);
  const bytes = byteLengthOf(shape, dtype);
  if (bytes > file.size * maxRatio) throw damaged(`it claims ${bytes} bytes of data, more than could be in the file`);
  return { metadata, tensor: { type, shape }, chunks: stored.chunks };
}

/** deflate makes nothing smaller than 1/1032 of its size. */
export const maxRatio = 1100;

function metadataOf(hash: string, attributes: StoredAttributes, damaged: (what: string) => CoralError): WeightMetadata {
  const text = textAttributesOf(attributes);
  const shape = attributes.get('shape');
  if (typeof shape === 'string' || shape?.every((length) => Number.isSafeInteger(length) && length >= 0) !== true) throw damaged('its shape is not a list of lengths');
  const stated = text('hash');
  if (stated !== undefined && stated !== '' && stated !== hash) throw damaged(`its attribute "hash" says ${stated}`);
  return {
    name: text('name') ?? hash,
    shape, dtype: text('dtype') ?? '',
    layerType: text('layer_type') || undefined,
    modelName: text('model_name') || undefined,
    compressionInfo: parseInfo(text('compression_info')),
    hash,
  };
}

function parseInfo(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = readJson(text ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const attributeNames = new Set(['name', 'shape', 'dtype', 'layer_type', 'model_name', 'compression_info', 'hash']);

/** The attributes as the Python tool writes them; a 0-d shape is an empty array of doubles, as numpy makes of (). */
export function attributesOf({ name, shape, dtype, layerType, modelName, compressionInfo, hash }: WeightMetadata): Attributes {
  return {
    name,
    shape: shape.length === 0 ? { float64: [] } : shape,
    dtype,
    layer_type: layerType ?? '',
    model_name: modelName ?? '',
    compression_info: pythonJsonLine(compressionInfo),
    hash,
  };
}

/** What HDF5 said about a weight or delta, as one of our errors. */
export function unreadable(failure: Hdf5Failure, path: string, hash: string, kind: 'weight' | 'delta' = 'weight'): CoralError {
  const what = `${kind === 'weight' ? 'Weight' : 'Delta'} ${hash}`;
  const filter = /required filter '?([^']*)'? is not registered/.exec(failure.message)?.[1];
  const options = { cause: failure };
  if (filter !== undefined) {
    return new CoralError(
      'unsupported', `${what} in ${path} is compressed with the HDF5 filter "${filter}", which is not built in; store it with gzip.`, { hash, path }, options);
  }
  return new CoralError(
    'corrupt', `${what} in ${path} cannot be read: ${failure.message}. Restore it from another copy.`, { hash, path }, options);
}
