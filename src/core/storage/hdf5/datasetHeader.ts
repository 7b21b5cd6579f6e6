import { datatypeMessage } from './datatypes';
import { type HeaderMessage, messageType, type RawReader, readMessages, unknownLayout } from './objectHeader';

/** Attributes as they are found: texts of any kind of string, numbers of any kind of integer or float. Others are left out. */
export type StoredAttributes = ReadonlyMap<string, string | number[]>;

/** Gives the attribute of a name, if it is a text. */
export const textAttributesOf = (attributes: StoredAttributes) => (name: string): string | undefined => {
  const value = attributes.get(name);
  return typeof value === 'string' ? value : undefined;
};

/** The header of a dataset, as stored. */
export interface DatasetHeader {
  /** the datatype message */
  readonly datatype: Buffer;
  readonly shape: readonly number[];
  readonly chunks: readonly number[] | null;
  readonly attributes: StoredAttributes;
}

/**
 * Reads what describes a dataset without HDF5, which takes fifty times as long. Knows only what h5py and h5wasm write by
 * default, and throws for everything else: HDF5 is to be asked then. Attributes whose names are not `wanted` are left out.
 */
export function readDatasetHeader(file: RawReader, address: number, wanted: ReadonlySet<string>): DatasetHeader {
  const messages = readMessages(file, address);
  const body = (type: number): Buffer => messages.find((message) => message.type === type)?.body ?? fail('a message is missing');
  const attributes = attributesIn(messages).filter(({ name }) => wanted.has(name));
  const shape = dimensions(body(messageType.dataspace));
  return {
    datatype: body(messageType.datatype),
    shape,
    chunks: chunksOf(body(messageType.layout), shape),
    attributes: new Map(attributes.map(({ name, type, shape, data }) => [name, valueOf(file, type, shape, data)])),
  };
}

/** Whether a dataset has attributes of all these names. Throws for layouts that only HDF5 knows. */
export function hasAttributes(file: RawReader, address: number, names: readonly string[]): boolean {
  const messages = readMessages(file, address);
  const found = new Set(attributesIn(messages).map(({ name }) => name));
  return messages.some(({ type }) => type === messageType.layout) && names.every((name) => found.has(name));
}

/**
 * Whether HDF5 can safely read a dataset's texts: in a damaged heap it follows lengths from object to object, possibly for ever.
 * True for layouts that only HDF5 knows.
 */
export function areTextsSafe(file: RawReader, address: number): boolean {
  try {
    const texts = attributesIn(readMessages(file, address)).filter(({ type }) => isVariableText(type)).map(({ data }) => Number(data.readBigUInt64LE(4)));
    return [...new Set(texts)].every((heap) => heap === 0 || leadsToItsEnd(file, heap));
  } catch {
    return true;
  }
}

/** Walks from object to object as HDF5 does, which counts lengths in 32 bits. */
function leadsToItsEnd(file: RawReader, heap: number): boolean {
  const bytes = file.read(heap, Number(file.read(heap, 16).readBigUInt64LE(8)));
  for (let at = 16; at + 16 <= bytes.byteLength;) {
    const length = Number(BigInt.asUintN(32, bytes.readBigUInt64LE(at + 8)));
    const step = bytes.readUInt16LE(at) === 0 ? length : 16 + padded(length);
    if (step === 0 || at + step > bytes.byteLength) return false;
    at += step;
  }
  return true;
}

function fail(what: string): never {
  throw unknownLayout(what);
}

/** Version, rank, flags, 5 reserved bytes, 8 bytes a dimension. */
function dimensions(message: Buffer): number[] {
  if (message[0] !== 1) fail('dataspace');
  return Array.from({ length: message.readUInt8(1) }, (_, i) => Number(message.readBigUInt64LE(8 + 8 * i)));
}

/**
 * Contiguous or chunked. Version 3: the kind, then for chunks their rank (one more than the dataset's), the index, 4 bytes a
 * dimension, bytes of an element.
 */
function chunksOf(message: Buffer, shape: readonly number[]): number[] | null {
  const [version, kind, rank] = message;
  if (version !== 3 || (kind !== 1 && kind !== 2)) fail('data layout');
  if (kind === 1) return null;
  if (rank !== shape.length + 1) fail('rank of the chunks');
  return shape.map((length, i) => {
    const chunk = message.readUInt32LE(11 + 4 * i);
    return chunk > 0 && (length === 0 || chunk <= length) ? chunk : fail('chunks larger than the dataset');
  });
}

interface AttributeParts {
  readonly name: string;
  readonly type: Buffer;
  readonly shape: readonly number[];
  readonly data: Buffer;
}

function attributesIn(messages: readonly HeaderMessage[]): AttributeParts[] {
  return messages.filter(({ type }) => type === messageType.attribute).map(({ body }) => attributeParts(body));
}

/** Version 1: the lengths of name, type and space, then these, each padded to 8 bytes, then the data. */
function attributeParts(message: Buffer): AttributeParts {
  if (message.readUInt16LE(0) !== 1) fail('attribute');
  const [name = 0, type = 0, space = 0] = [2, 4, 6].map((at) => message.readUInt16LE(at));
  const typeAt = 8 + padded(name);
  const spaceAt = typeAt + padded(type);
  return {
    name: message.toString('utf8', 8, 8 + name - 1),
    type: message.subarray(typeAt, typeAt + type),
    shape: dimensions(message.subarray(spaceAt, spaceAt + space)),
    data: message.subarray(spaceAt + padded(space)),
  };
}

const padded = (length: number): number => Math.ceil(length / 8) * 8;

const int64 = datatypeMessage({ dtype: 'int64', byteOrder: 'little' });
const float64 = datatypeMessage({ dtype: 'float64', byteOrder: 'little' });

function valueOf(file: RawReader, type: Buffer, shape: readonly number[], data: Buffer): string | number[] {
  if (isVariableText(type) && shape.length === 0) return heapText(file, data);
  const count = shape.reduce((product, length) => product * length, 1);
  if (count > data.byteLength / 8) fail('attribute');
  if (type.equals(int64)) return Array.from({ length: count }, (_, i) => Number(data.readBigInt64LE(8 * i)));
  if (type.equals(float64)) return Array.from({ length: count }, (_, i) => data.readDoubleLE(8 * i));
  return fail('type of an attribute');
}

/** Class 9, version 1; of characters, not of elements, in ASCII or UTF-8; 16 bytes each, of unsigned bytes. */
function isVariableText(type: Buffer): boolean {
  return type[0] === 0x19 && ((type[1] ?? 0) & 0xf) === 1 && ((type[2] ?? 0) & 0xf) <= 1 && type.readUInt32LE(4) === 16 && type[8] === 0x10;
}

/** Length, address of the collection, number in it. */
function heapText(file: RawReader, data: Buffer): string {
  const [length, collection, number] = [data.readUInt32LE(0), Number(data.readBigUInt64LE(4)), data.readUInt32LE(12)];
  if (length === 0 || collection === 0) return '';
  const head = file.read(collection, 16);
  if (head.toString('latin1', 0, 4) !== 'GCOL' || head[4] !== 1) fail('global heap');
  const bytes = file.read(collection, Number(head.readBigUInt64LE(8)));
  // Objects: number, references, 4 reserved bytes, length, the bytes padded to 8. Number 0 is the free space at the end.
  for (let at = 16; at + 16 <= bytes.byteLength && bytes.readUInt16LE(at) !== 0;) {
    const end = at + 16 + bytes.readUIntLE(at + 8, 6);
    if (bytes.readUInt16LE(at) === number) {
      return length === end - at - 16 ? bytes.toString('utf8', at + 16, end).replace(/\0.*$/s, '') : fail('length of a text');
    }
    at += padded(end - at);
  }
  return fail('a text is missing');
}
