import { statSync } from 'node:fs';
import { CoralError } from '../../errors';
import { isHash } from '../../validate';
import { byteLengthOf, isDType } from '../../weights/dtype';
import type { WeightMetadata } from '../../weights/weight';
import { isObject, pythonJsonLine } from '../jsonFile';
import { type Attributes, readAttributes, type StoredAttributes } from './attributes';
import { readStored, type Tensor } from './datasets';
import { tensorType } from './datatypes';
import type { StoredMetadata } from './hdf5Api';
import type { Hdf5File } from './hdf5File';
import { Hdf5Failure } from './hdf5Instance';

export const weightsGroup = '/weights';
export const weightPath = (hash: string): string => `${weightsGroup}/${hash}`;

export interface StoredWeight {
  readonly metadata: WeightMetadata;
  readonly tensor: Tensor;
  readonly chunks: readonly number[] | null;
}

/** What is known of the weights in a file while it does not change. */
export class Catalog {
  #names: Set<string> | undefined;
  readonly #readable = new Map<string, boolean>();
  readonly #described = new Map<string, StoredWeight>();

  list(file: Hdf5File): string[] {
    return [...this.#all(file)].filter((hash) => this.has(file, hash)).sort();
  }

  has(file: Hdf5File, hash: string): boolean {
    if (!this.#all(file).has(hash)) return false;
    const known = this.#readable.get(hash);
    if (known !== undefined) return known;
    const readable = isReadable(file, weightPath(hash));
    this.#readable.set(hash, readable);
    return readable;
  }

  /** Whether something has that name, readable or not. */
  isTaken(file: Hdf5File, hash: string): boolean {
    return this.#all(file).has(hash);
  }

  /** undefined when absent. Throws "corrupt" or "unsupported" when it cannot be a weight. */
  describe(file: Hdf5File, hash: string): StoredWeight | undefined {
    if (!this.has(file, hash)) return undefined;
    const known = this.#described.get(hash) ?? describe(file, hash);
    this.#described.set(hash, known);
    return known;
  }

  /** After a write of ours. */
  update(written: Iterable<string>): void {
    for (const hash of written) {
      this.#names?.add(hash);
      this.#readable.delete(hash);
      this.#described.delete(hash);
    }
  }

  #all(file: Hdf5File): Set<string> {
    this.#names ??= new Set(file.names(weightsGroup).filter(isHash));
    return this.#names;
  }
}

/** A pull by the Python tool that failed leaves a dataset without attributes, and a link may lead nowhere: those count as absent. */
function isReadable(file: Hdf5File, path: string): boolean {
  try {
    const names = file.call((api, id) => api.get_attribute_names(id, path));
    return names.includes('shape') && names.includes('dtype');
  } catch (error) {
    if (!(error instanceof Hdf5Failure)) throw error;
    return isDamagedDataset(file, path);
  }
}

function isDamagedDataset(file: Hdf5File, path: string): boolean {
  try {
    return file.isDataset(path);
  } catch {
    return true;
  }
}

function describe(file: Hdf5File, hash: string): StoredWeight {
  const path = weightPath(hash);
  try {
    return checked(file, hash, readStored(file, path), readAttributes(file, path));
  } catch (error) {
    throw error instanceof Hdf5Failure ? unreadable(error, file.path, hash) : error;
  }
}

function checked(file: Hdf5File, hash: string, stored: StoredMetadata, attributes: StoredAttributes): StoredWeight {
  const damaged = (what: string): CoralError => new CoralError('corrupt', `Weight ${hash} in ${file.path} is damaged: ${what}.`, { hash, path: file.path });
  const metadata = metadataOf(hash, attributes, damaged);
  const { dtype, shape } = metadata;
  const type = tensorType(stored, dtype);
  if (type === undefined || !isDType(dtype)) {
    throw new CoralError('unsupported', `Weight ${hash} in ${file.path} has the type "${dtype}", which is no tensor of numbers that Coral can exchange.`, { hash });
  }
  if (type.dtype !== dtype) throw damaged(`its data is ${type.dtype}, its attribute says ${dtype}`);
  if (stored.shape?.join() !== shape.join()) throw damaged(`its data has shape (${stored.shape?.join(', ') ?? ''}), its attribute says (${shape.join(', ')})`);
  const bytes = byteLengthOf(shape, dtype);
  const possible = statSync(file.path).size * largestRatio;
  if (bytes > possible) throw damaged(`it claims ${bytes} bytes of data, more than could be in the file`);
  return { metadata, tensor: { type, shape }, chunks: stored.chunks };
}

/** deflate makes nothing smaller than 1/1032 of its size. */
const largestRatio = 1100;

function metadataOf(hash: string, attributes: StoredAttributes, damaged: (what: string) => CoralError): WeightMetadata {
  const text = (name: string): string | undefined => {
    const value = attributes.get(name);
    return typeof value === 'string' ? value : undefined;
  };
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
    const value: unknown = JSON.parse(text ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

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

/** What HDF5 said about a weight, as one of our errors. */
export function unreadable(failure: Hdf5Failure, path: string, hash: string): CoralError {
  const filter = /required filter '?([^']*)'? is not registered/.exec(failure.message)?.[1];
  const options = { cause: failure };
  if (filter !== undefined) {
    return new CoralError(
      'unsupported', `Weight ${hash} in ${path} is compressed with the HDF5 filter "${filter}", which is not built in; store it with gzip.`, { hash, path }, options);
  }
  return new CoralError('corrupt', `Weight ${hash} in ${path} cannot be read: ${failure.message}. Restore it from another copy.`, { hash, path }, options);
}
