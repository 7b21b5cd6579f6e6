import { type ByteOrder, dtypeOf } from '../../weights/dtype';
import { type NewType, type StoredType, typeClass } from './hdf5Api';

/** How numpy's dtypes lie in an HDF5 file, as h5py writes them. */
export interface TensorType {
  readonly dtype: string;
  readonly byteOrder: ByteOrder;
}

/** The dtype of a stored type; undefined when no weight has such a type. `declared` is the attribute "dtype", if any. */
export function tensorType(stored: StoredType, declared: string | undefined): TensorType | undefined {
  const dtype = numpyName(stored, declared);
  if (dtype === undefined) return undefined;
  const ordered = stored.type === typeClass.compound ? stored.compound_type?.members[0] : stored;
  const swapped = dtypeOf(dtype).unit > 1 && stored.type !== typeClass.opaque && ordered?.littleEndian === false;
  return { dtype, byteOrder: swapped ? 'big' : 'little' };
}

function numpyName(stored: StoredType, declared: string | undefined): string | undefined {
  const { type, size, signed } = stored;
  if (type === typeClass.integer && [1, 2, 4, 8].includes(size)) return `${signed ? 'int' : 'uint'}${size * 8}`;
  if (type === typeClass.float && [2, 4, 8, 16].includes(size)) return `float${size * 8}`;
  if (type === typeClass.enum && size === 1 && isBool(stored)) return 'bool';
  if (type === typeClass.compound && isComplex(stored)) return `complex${size * 8}`;
  // numpy has no bfloat16: h5py stores the two bytes without saying what they are.
  if (type === typeClass.opaque && size === 2 && declared === 'bfloat16') return declared;
  return undefined;
}

function isBool({ enum_type }: StoredType): boolean {
  const members = enum_type?.members ?? {};
  return Object.keys(members).length === 2 && members['FALSE'] === 0 && members['TRUE'] === 1;
}

function isComplex({ size, compound_type }: StoredType): boolean {
  const [real, imaginary, ...others] = compound_type?.members ?? [];
  const parts = [real, imaginary].every((part) => part?.type === typeClass.float && part.size === size / 2);
  return parts && [8, 16, 32].includes(size) && real?.name === 'r' && imaginary?.name === 'i' && others.length === 0
    && real.littleEndian === imaginary.littleEndian;
}

interface CreatableType {
  readonly type: NewType;
  /** what to put in place of the datatype message afterwards, when `type` is only a stand-in of the same size */
  readonly message?: Buffer;
}

/**
 * A type that h5wasm can create. It refuses float16, float128, bool, bfloat16 and big-endian ones: for these it gets a
 * stand-in of the same element size whose datatype message is roomy enough for the real one to be put over it later.
 */
export function creatableType({ dtype, byteOrder }: TensorType): CreatableType {
  const { kind, size } = dtypeOf(dtype);
  if (byteOrder === 'little') {
    if (kind === 'int' || kind === 'uint') return { type: { type: typeClass.integer, size, signed: kind === 'int' } };
    if (kind === 'float' && (size === 4 || size === 8)) return { type: floatType(size) };
    if (kind === 'complex' && size <= 16) return { type: complexType(size) };
  }
  const message = datatypeMessage({ dtype, byteOrder });
  return { type: standIn(size, message.byteLength), message };
}

const floatType = (size: number): NewType => ({ type: typeClass.float, size });

function complexType(size: number): NewType {
  const part = floatType(size / 2);
  const members = [{ name: 'r', offset: 0, ...part }, { name: 'i', offset: size / 2, ...part }];
  return { type: typeClass.compound, size, compound_type: { nmembers: 2, members } };
}

/** A compound of one byte member; its message takes at least 20 bytes and the name of the member. */
function standIn(size: number, room: number): NewType {
  const name = 'p'.repeat(Math.max(24, room - 20));
  const members = [{ name, offset: 0, type: typeClass.integer, size: 1, signed: true }];
  return { type: typeClass.compound, size, compound_type: { nmembers: 1, members } };
}

/** The datatype message, version 1, as h5py writes it. */
export function datatypeMessage({ dtype, byteOrder }: TensorType): Buffer {
  const { kind, size, unit } = dtypeOf(dtype);
  const big = byteOrder === 'big';
  switch (kind) {
    case 'int':
    case 'uint': return integerMessage(size, big, kind === 'int');
    case 'bool': return boolMessage();
    case 'float': return floatMessage(size, big);
    case 'complex': return complexMessage(floatMessage(unit, big), unit);
    case 'bfloat': return head(typeClass.opaque, [0], size);
  }
}

/** Class, up to three bytes of flags, bytes of an element. */
function head(type: number, flags: readonly number[], size: number): Buffer {
  const bytes = Buffer.from([0x10 | type, 0, 0, 0, 0, 0, 0, 0]);
  bytes.set(flags, 1);
  bytes.writeUInt32LE(size, 4);
  return bytes;
}

function integerMessage(size: number, big: boolean, signed: boolean): Buffer {
  return Buffer.concat([head(typeClass.integer, [(big ? 1 : 0) | (signed ? 8 : 0)], size), bitsOf(size * 8)]);
}

/** Offset and precision, in bits. */
function bitsOf(precision: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(precision, 2);
  return bytes;
}

interface FloatLayout {
  readonly precision: number;
  readonly exponent: number;
  readonly mantissa: number;
  /** 2: the leading 1 is implied (IEEE); 0: it is stored (x86's long double) */
  readonly normalization: 0 | 2;
}

const floatLayouts: ReadonlyMap<number, FloatLayout> = new Map([
  [2, { precision: 16, exponent: 5, mantissa: 10, normalization: 2 }],
  [4, { precision: 32, exponent: 8, mantissa: 23, normalization: 2 }],
  [8, { precision: 64, exponent: 11, mantissa: 52, normalization: 2 }],
  [16, { precision: 80, exponent: 15, mantissa: 64, normalization: 0 }],
]);

function floatMessage(size: number, big: boolean): Buffer {
  const layout = floatLayouts.get(size);
  if (layout === undefined) throw new Error(`no float has ${size} bytes`);
  const { precision, exponent, mantissa, normalization } = layout;
  const fields = Buffer.from([mantissa, exponent, 0, mantissa, 0, 0, 0, 0]);
  fields.writeUInt32LE(2 ** (exponent - 1) - 1, 4);
  return Buffer.concat([head(typeClass.float, [(normalization << 4) | (big ? 1 : 0), precision - 1], size), bitsOf(precision), fields]);
}

/** Names are padded to 8 bytes; a member holds its offset and 28 bytes of dimensions that nobody uses. */
function complexMessage(part: Buffer, unit: number): Buffer {
  const member = (name: string, offset: number): Buffer => {
    const bytes = Buffer.alloc(40);
    bytes.write(name, 'latin1');
    bytes.writeUInt32LE(offset, 8);
    return Buffer.concat([bytes, part]);
  };
  return Buffer.concat([head(typeClass.compound, [2], 2 * unit), member('r', 0), member('i', unit)]);
}

function boolMessage(): Buffer {
  const names = Buffer.alloc(16);
  names.write('FALSE', 0, 'latin1');
  names.write('TRUE', 8, 'latin1');
  return Buffer.concat([head(typeClass.enum, [2], 1), integerMessage(1, false, true), names, Buffer.from([0, 1])]);
}
