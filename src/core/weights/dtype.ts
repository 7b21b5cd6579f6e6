import { CoralError } from '../base/errors';

export type ByteOrder = 'little' | 'big';

type DTypeKind = 'float' | 'int' | 'uint' | 'bool' | 'complex' | 'bfloat';

interface DType {
  readonly kind: DTypeKind;
  /** bytes of one element */
  readonly size: number;
  /** bytes of the unit that byte order turns round: a complex number is two of them */
  readonly unit: number;
}

const number = (kind: DTypeKind, size: number): DType => ({ kind, size, unit: kind === 'complex' ? size / 2 : size });

/** By numpy's name, as the content hash and the attribute `dtype` have it. float128 is x86's long double: 80 bits in 16 bytes. */
const dtypes: ReadonlyMap<string, DType> = new Map([
  ['bool', number('bool', 1)],
  ['int8', number('int', 1)], ['int16', number('int', 2)], ['int32', number('int', 4)], ['int64', number('int', 8)],
  ['uint8', number('uint', 1)], ['uint16', number('uint', 2)], ['uint32', number('uint', 4)], ['uint64', number('uint', 8)],
  ['bfloat16', number('bfloat', 2)],
  ['float16', number('float', 2)], ['float32', number('float', 4)], ['float64', number('float', 8)], ['float128', number('float', 16)],
  ['complex64', number('complex', 8)], ['complex128', number('complex', 16)], ['complex256', number('complex', 32)],
]);

const kindLetter: Readonly<Record<DTypeKind, string | undefined>> = {
  bool: 'b', int: 'i', uint: 'u', float: 'f', complex: 'c', bfloat: undefined,
};

export function isDType(dtype: string): boolean {
  return dtypes.has(dtype);
}

/** Throws "unsupported" for a name Coral has no element size for (text, dates, objects, structured). */
export function dtypeOf(dtype: string): DType {
  const found = dtypes.get(dtype);
  if (found === undefined) {
    throw new CoralError('unsupported', `Weights of dtype "${dtype}" are not supported; convert it to a numeric dtype such as float32.`);
  }
  return found;
}

/** Bytes of one element. */
export function itemSize(dtype: string): number {
  return dtypeOf(dtype).size;
}

export function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && (length as number) >= 0);
}

/** Bytes of a whole tensor. */
export function byteLengthOf(shape: readonly number[], dtype: string): number {
  return shape.reduce((product, length) => product * length, itemSize(dtype));
}

const byDescr = new Map<string, string>([...dtypes].flatMap(([name, { kind, size }]) => {
  const letter = kindLetter[kind];
  return letter === undefined ? [] : [[`${letter}${size}`, name] as const];
}));

/**
 * Reads numpy's type text: "<f4", ">i8", "|b1"; without "<" or ">" it is little-endian, as numpy reads it on every machine VS Code
 * runs on.
 */
export function parseDescr(descr: string): { dtype: string; byteOrder: ByteOrder } {
  const dtype = byDescr.get(descr.replace(/^[<>|=]/, ''));
  if (dtype === undefined) throw new CoralError('unsupported', `Arrays of numpy type "${descr}" are not supported${reasonFor(descr)}.`);
  return { dtype, byteOrder: descr.startsWith('>') && dtypeOf(dtype).unit > 1 ? 'big' : 'little' };
}

function reasonFor(descr: string): string {
  if (descr.includes('O')) return ': they hold pickled Python objects, which could run code when opened';
  if (/^[<>|=]?[Vv]/.test(descr)) return ': raw bytes do not say what numbers they hold (numpy stores bfloat16 like that)';
  return '';
}

/** numpy's type text. bfloat16 has none: numpy writes it as raw bytes that neither it nor Coral's Python tool can read back as numbers. */
export function toDescr(dtype: string, byteOrder: ByteOrder): string {
  const { kind, size, unit } = dtypeOf(dtype);
  const letter = kindLetter[kind];
  if (letter === undefined) {
    throw new CoralError(
      'unsupported', `A ${dtype} weight cannot go into an npz file, which has no type for it; `
      + 'use a file:// remote, or convert it to float32.');
  }
  const order = unit === 1 ? '|' : byteOrder === 'big' ? '>' : '<';
  return `${order}${letter}${size}`;
}

/** Turns the bytes of each unit around, in place: from one byte order to the other. */
export function swapUnits(bytes: Uint8Array, unit: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (unit === 2) buffer.swap16();
  else if (unit === 4) buffer.swap32();
  else if (unit === 8) buffer.swap64();
  else for (let at = 0; at < bytes.byteLength; at += unit) bytes.subarray(at, at + unit).reverse();
}
