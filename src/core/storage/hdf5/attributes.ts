import { areTextsSafe, type StoredAttributes } from './datasetHeader';
import { type NewMetadata, type StoredMetadata, typeClass } from './hdf5Api';
import type { Hdf5File } from './hdf5File';
import { Hdf5Failure } from './hdf5Instance';

/** A text, or numbers. `float64` makes an array of doubles rather than of int64; a single number is a scalar double. */
type AttributeValue = string | readonly number[] | { readonly float64: readonly number[] | number };
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** More than an attribute in an object header can hold; only a damaged file says so. */
const maxBytes = 1024 * 1024;

export function readAttributes(file: Hdf5File, path: string): StoredAttributes {
  if (file.raw !== undefined && !areTextsSafe(file.raw, file.addressOf(path))) throw new Hdf5Failure('its texts lie in a damaged heap');
  const found = new Map<string, string | number[]>();
  for (const name of file.call((api, id) => api.get_attribute_names(id, path))) {
    const value = readAttribute(file, path, name);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

function readAttribute(file: Hdf5File, path: string, name: string): string | number[] | undefined {
  const metadata = file.call((api, id) => api.get_attribute_metadata(id, path, name));
  const bytes = metadata.size * metadata.total_size;
  if (metadata.shape === null || bytes === 0) return metadata.type === typeClass.string ? '' : [];
  if (bytes > maxBytes) return undefined;
  return file.instance.withMemory(bytes, (pointer) => {
    file.call((api, id) => api.get_attribute_data(id, path, name, BigInt(pointer)));
    if (metadata.vlen) return variableText(file, path, name, pointer);
    return decode(metadata, Buffer.from(file.instance.api.HEAPU8.slice(pointer, pointer + bytes)));
  });
}

/** HDF5 allocates the text and returns its address. */
function variableText(file: Hdf5File, path: string, name: string, pointer: number): string {
  const { api } = file.instance;
  const address = Buffer.from(api.HEAPU8.slice(pointer, pointer + 4)).readUInt32LE();
  const text = address === 0 ? '' : api.UTF8ToString(address);
  file.call((library, id) => library.reclaim_vlen_memory(id, path, name, BigInt(pointer)));
  return text;
}

function decode({ type, size, signed, total_size: count }: StoredMetadata, bytes: Buffer): string | number[] | undefined {
  if (type === typeClass.string) return bytes.toString('utf8').replace(/[\0 ]*$/, '');
  const numbers = Array.from({ length: count }, (_, i) => decodeNumber(type, bytes.subarray(i * size, (i + 1) * size), signed));
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}

/** HDF5 has made them little-endian. */
function decodeNumber(type: number, bytes: Buffer, signed: boolean): number | undefined {
  const { byteLength } = bytes;
  if (type === typeClass.integer) {
    if (byteLength === 8) return Number(signed ? bytes.readBigInt64LE() : bytes.readBigUInt64LE());
    return byteLength > 6 ? undefined : signed ? bytes.readIntLE(0, byteLength) : bytes.readUIntLE(0, byteLength);
  }
  if (type !== typeClass.float) return undefined;
  return byteLength === 8 ? bytes.readDoubleLE() : byteLength === 4 ? bytes.readFloatLE() : undefined;
}

/** Sets these attributes and leaves others alone. */
export function writeAttributes(file: Hdf5File, path: string, attributes: Attributes): void {
  const present = new Set(file.call((api, id) => api.get_attribute_names(id, path)));
  for (const [name, value] of Object.entries(attributes)) {
    if (present.has(name)) file.call((api, id) => api.delete_attribute(id, path, name));
    createAttribute(file, path, name, value);
  }
}

/** Of a new dataset: none may be there yet. */
export function createAttributes(file: Hdf5File, path: string, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) createAttribute(file, path, name, value);
}

const utf8 = 1;
/** Python Coral needs variable-length strings. */
const text: NewMetadata = { type: typeClass.string, size: 4, vlen: true, cset: utf8, shape: [] };
const int64 = { type: typeClass.integer, size: 8, signed: true };
const float64 = { type: typeClass.float, size: 8 };

function createAttribute(file: Hdf5File, path: string, name: string, value: AttributeValue): void {
  if (typeof value === 'string') {
    file.call((api, id) => api.create_vlen_str_attribute(id, path, name, [value], text));
  } else if (!('float64' in value)) {
    writeNumbers(file, path, name, Buffer.from(BigInt64Array.from(value, BigInt).buffer), { ...int64, shape: [BigInt(value.length)] });
  } else if (typeof value.float64 === 'number') {
    writeNumbers(file, path, name, Buffer.from(Float64Array.of(value.float64).buffer), { ...float64, shape: [] });
  } else {
    writeNumbers(file, path, name, Buffer.from(Float64Array.from(value.float64).buffer), { ...float64, shape: [BigInt(value.float64.length)] });
  }
}

function writeNumbers(file: Hdf5File, path: string, name: string, bytes: Buffer, metadata: NewMetadata): void {
  file.instance.withMemory(bytes.byteLength, (pointer) => {
    file.instance.api.HEAPU8.set(bytes, pointer);
    file.call((api, id) => api.create_attribute(id, path, name, BigInt(pointer), metadata));
  });
}
