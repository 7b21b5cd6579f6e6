import { setImmediate } from 'node:timers/promises';
import { dtypeOf, swapUnits } from '../../weights/dtype';
import { elementCount } from '../../weights/weight';
import { throwIfCancelled } from '../../base/errors';
import { creatableType, type TensorType } from './datatypes';
import { deflateFilter, type NewMetadata, type StoredMetadata } from './hdf5Api';
import type { Hdf5File } from './hdf5File';
import type { Payload } from './payload';
import { chunkShape, type Slab, slabs } from './slabs';

const mebi = 1024 * 1024;

export interface Tensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
}

export function readStored(file: Hdf5File, path: string): StoredMetadata {
  return file.call((api, id) => api.get_dataset_metadata(id, path));
}

/** What the data goes through, as people call it: "gzip", "shuffle, gzip", "not compressed". */
export function filtersOf(file: Hdf5File, path: string): string {
  const filters = file.call((api, id) => api.get_dataset_filters(id, path));
  return filters.map(({ id, name }) => (id === deflateFilter ? 'gzip' : name)).join(', ') || 'not compressed';
}

/** The slabs in which a dataset is best read. */
export function readingSlabs({ type, shape }: Tensor, chunks: readonly number[] | null): Iterable<Slab> {
  return slabs(shape, dtypeOf(type.dtype).size, chunks, 8 * mebi);
}

/** The slab's bytes, in stored byte order. */
export function readSlab(file: Hdf5File, path: string, { type }: Tensor, slab: Slab): Uint8Array {
  return file.instance.withMemory(slab.bytes, (pointer) => {
    file.call((api, id) => api.get_dataset_data(id, path, ...selection(slab), BigInt(pointer)));
    const bytes = file.instance.api.HEAPU8.slice(pointer, pointer + slab.bytes);
    // HDF5 gives and takes numbers little-endian; weights are in the order in which they are stored.
    if (type.byteOrder === 'big') swapUnits(bytes, dtypeOf(type.dtype).unit);
    return bytes;
  });
}

/** count, offset, stride; nulls, meaning all, for a 0-d dataset */
function selection({ count, offset }: Slab): [bigint[] | null, bigint[] | null, bigint[] | null] {
  return count.length === 0 ? [null, null, null] : [count.map(BigInt), offset.map(BigInt), count.map(() => 1n)];
}

/** A datatype to put in place once the file is closed: datatypes.ts says why. */
interface DatatypePatch {
  readonly header: number;
  readonly message: Buffer;
}

/** Creates a dataset and writes it slab by slab, letting others run in between. */
export async function createDataset(
  file: Hdf5File, path: string, tensor: Tensor, payload: Payload, gzip: boolean, signal?: AbortSignal,
): Promise<DatatypePatch | undefined> {
  const { type, message } = creatableType(tensor.type);
  const slabBytes = gzip ? 2 * mebi : 8 * mebi;
  const layout = layoutOf(tensor, gzip);
  if (payload.byteLength <= slabBytes) {
    createWhole(file, path, { ...type, ...layout }, payload);
  } else {
    createEmpty(file, path, { ...type, ...layout });
    // Bytes go as they are, whatever their order: the type is one that HDF5 does not convert, or is little-endian.
    await fill(file, path, slabs(tensor.shape, dtypeOf(tensor.type.dtype).size, chunkShape(tensor.shape, type.size), slabBytes), payload, undefined, signal);
  }
  return message && { header: file.addressOf(path), message };
}

/** Writes over the data of a dataset that has this shape and type. */
export async function overwriteDataset(
  file: Hdf5File, path: string, tensor: Tensor, chunks: readonly number[] | null, payload: Payload, signal?: AbortSignal,
): Promise<void> {
  const swap = tensor.type.byteOrder === 'big' ? dtypeOf(tensor.type.dtype).unit : undefined;
  await fill(file, path, slabs(tensor.shape, dtypeOf(tensor.type.dtype).size, chunks, 2 * mebi), payload, swap, signal);
}

/**
 * Scalars cannot be chunked. Unfiltered, what fits into one slab is contiguous; more is chunked, because h5wasm writes a
 * contiguous dataset only whole.
 */
function layoutOf({ type, shape }: Tensor, gzip: boolean): NewMetadataLayout {
  const { size } = dtypeOf(type.dtype);
  const dims = shape.map(BigInt);
  const chunked = shape.length > 0 && (gzip || elementCount(shape) * size > 8 * mebi);
  const chunks = chunked ? chunkShape(shape, size).map(BigInt) : null;
  return { shape: dims, maxshape: dims, chunks, compression: gzip && chunked ? deflateFilter : 0, compression_opts: gzip && chunked ? [4] : [] };
}

type NewMetadataLayout = Pick<NewMetadata, 'shape' | 'maxshape' | 'chunks' | 'compression' | 'compression_opts'>;

function createWhole(file: Hdf5File, path: string, metadata: NewMetadata, payload: Payload): void {
  file.instance.withMemory(payload.byteLength, (pointer) => {
    payload.read(memory(file, pointer, payload.byteLength), 0);
    file.call((api, id) => api.create_dataset(id, path, BigInt(pointer), metadata));
  });
}

/** h5wasm writes all of a new dataset, so it starts without rows. */
function createEmpty(file: Hdf5File, path: string, metadata: NewMetadata): void {
  const none = metadata.shape.map((length, i) => (i === 0 ? 0n : length));
  file.instance.withMemory(8, (pointer) => file.call((api, id) => {
    api.create_dataset(id, path, BigInt(pointer), { ...metadata, shape: none });
    api.resize_dataset(id, path, [...metadata.shape]);
  }));
}

async function fill(
  file: Hdf5File, path: string, parts: Iterable<Slab>, payload: Payload, swap: number | undefined, signal: AbortSignal | undefined,
): Promise<void> {
  for (const slab of parts) {
    await setImmediate();
    throwIfCancelled(signal);
    file.instance.withMemory(slab.bytes, (pointer) => {
      const bytes = memory(file, pointer, slab.bytes);
      payload.read(bytes, slab.position);
      if (swap !== undefined) swapUnits(bytes, swap);
      file.call((api, id) => api.set_dataset_data(id, path, ...selection(slab), BigInt(pointer)));
    });
  }
}

function memory(file: Hdf5File, pointer: number, bytes: number): Uint8Array {
  return file.instance.api.HEAPU8.subarray(pointer, pointer + bytes);
}
