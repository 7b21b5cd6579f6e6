import { CoralError } from '../base/errors';
import type { ByteReader } from './byteReader';
import { describeContent } from './describeContent';
import { type ByteOrder, byteLengthOf, parseDescr, toDescr } from './dtype';

/** What the header of an npy array says about the bytes after it. */
export interface NpyHeader {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly byteOrder: ByteOrder;
  /** The first index moves fastest. */
  readonly fortranOrder: boolean;
}

const magic = '\x93NUMPY';
const maxHeaderBytes = 64 * 1024;
const maxRank = 64;

/** Reads the header (format 1, 2 or 3) and stops at the first element. `bytes` is the header as it stood. */
export async function readNpyHeader(reader: ByteReader): Promise<NpyHeader & { readonly bytes: Uint8Array }> {
  const start = await reader.peek(magic.length);
  if (start.byteLength === magic.length && Buffer.from(start).toString('latin1') !== magic) {
    throw damaged(`it is no npy array; ${describeContent(start)}`);
  }
  const fixed = Buffer.from(await reader.exactly(8, 'the npy header'));
  const version = fixed.readUInt8(6);
  const minor = fixed.readUInt8(7);
  if (version < 1 || version > 3 || minor !== 0) {
    throw new CoralError(
      'unsupported', `The array is in npy format ${version}.${minor}; formats 1.0, 2.0 and 3.0 are supported. `
      + 'Save it again with numpy.savez.');
  }
  const lengthField = Buffer.from(await reader.exactly(version === 1 ? 2 : 4, 'the npy header'));
  const length = lengthField.readUIntLE(0, lengthField.byteLength);
  if (length > maxHeaderBytes) throw damaged(`its npy header claims to be ${length} bytes long`);
  const text = Buffer.from(await reader.exactly(length, 'the npy header'));
  const header = parseHeader(text.toString(version === 3 ? 'utf8' : 'latin1'));
  return { ...header, bytes: Buffer.concat([fixed, lengthField, text]) };
}

/** The header numpy 1.24 writes before such an array, byte for byte; 128 bytes for a usual rank. */
export function npyHeader(shape: readonly number[], dtype: string, byteOrder: ByteOrder): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape.join()},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '${toDescr(dtype, byteOrder)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // numpy leaves room for the first axis to grow to 21 digits.
  const [first] = shape;
  const roomy = dict + ' '.repeat(first === undefined ? 0 : 21 - String(first).length);
  const padding = 64 - ((magic.length + 4 + roomy.length + 1) % 64);
  const text = `${roomy}${' '.repeat(padding)}\n`;
  const header = Buffer.from(`${magic}\x01\x00\0\0${text}`, 'latin1');
  header.writeUInt16LE(text.length, 8);
  return header;
}

const entry = /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*(True|False|'[^'\\]*'|"[^"\\]*"|\([\d\s,L]*\)|\[[^\]]*\])\s*(?:,|(?=\}))/y;

/** Reads the Python dict: these three keys in any order, and nothing else. */
function parseHeader(text: string): NpyHeader {
  const dict = /^\s*\{(.*)\}\s*$/s.exec(text);
  if (dict === null) throw unreadable(text);
  const body = `${dict[1] ?? ''}}`;
  const values = new Map<string, string>();
  entry.lastIndex = 0;
  for (let end = 0; !/^\s*\}$/.test(body.slice(end)); end = entry.lastIndex) {
    const [, , key, value] = entry.exec(body) ?? [];
    if (key === undefined || value === undefined || values.has(key)) throw unreadable(text);
    values.set(key, value);
  }
  const descr = values.get('descr') ?? '';
  const order = values.get('fortran_order') ?? '';
  if (descr.startsWith('[')) {
    throw new CoralError(
      'unsupported', 'Structured arrays (records with named fields) are not supported; save each field as a weight of its own.');
  }
  if (!/^['"]/.test(descr) || !/^(True|False)$/.test(order)) throw unreadable(text);
  const { dtype, byteOrder } = parseDescr(descr.slice(1, -1));
  return { shape: parseShape(values.get('shape') ?? '', dtype), dtype, byteOrder, fortranOrder: order === 'True' };
}

function parseShape(tuple: string, dtype: string): number[] {
  const inner = /^\(\s*((?:\d+L?\s*,\s*)*)(\d+L?)?\s*\)$/.exec(tuple);
  const [, before = '', last] = inner ?? [];
  if (inner === null || (before === '' && last !== undefined)) throw damaged(`its npy header has the shape ${tuple.slice(0, 100)}`);
  const shape = [...before.split(','), last ?? ''].map((text) => text.trim()).filter((text) => text !== '').map((text) => parseInt(text, 10));
  const whole = shape.includes(0) ? 0 : byteLengthOf(shape, dtype);
  if (shape.length > maxRank || !shape.every(Number.isSafeInteger) || !Number.isSafeInteger(whole)) {
    throw damaged(`no array can have the shape in its npy header, ${tuple.slice(0, 100)}`);
  }
  return shape;
}

const unreadable = (text: string): CoralError => damaged(`its npy header reads ${JSON.stringify(text.trim().slice(0, 200))}`);

function damaged(what: string): CoralError {
  return new CoralError('corrupt', `The data of the array is damaged: ${what}. Restore it from another copy.`);
}
