import { CoralError } from '../base/errors';
import type { ByteReader } from './byteReader';
import { describeContent } from './describeContent';
import { endSignature, localHeaderBytes, localSignature, descriptorSignature, zip64Tag } from './zipFormat';

/** A member whose content comes next. */
export interface Member {
  readonly name: string;
  readonly deflated: boolean;
  /** bytes, uncompressed; undefined, as the checksum is, when they follow the content in a data descriptor */
  readonly size: number | undefined;
  readonly crc: number | undefined;
}

/** A zip file must end within so many bytes after its first member. */
const maxTailBytes = 64 * 1024 * 1024;
/** The end record and the longest comment it can have. */
const maxEndBytes = 22 + 0xffff;

/** Reads the first local header of a zip file, up to the content of that member. */
export async function firstMember(reader: ByteReader): Promise<Member> {
  await expectZip(reader);
  return (await readLocalHeader(reader)).member;
}

async function expectZip(reader: ByteReader): Promise<void> {
  const start = await reader.peek(512);
  if (startsWith(start, localSignature) || startsWith(start, endSignature)) return;
  throw damaged(`it is no npz file; ${describeContent(start)}`);
}

/** Reads a zip file from its first local header up to the content of `name`, past other members. */
export async function findMember(reader: ByteReader, name: string): Promise<Member> {
  await expectZip(reader);
  const others: string[] = [];
  for (;;) {
    const signature = await reader.peek(4);
    if (signature.byteLength === 4 && !startsWith(signature, localSignature)) {
      throw damaged(`it has no member "${name}"${others.length > 0 ? `, only ${others.slice(0, 5).map((other) => JSON.stringify(other)).join(', ')}` : ''}`);
    }
    const { member, compressedSize } = await readLocalHeader(reader);
    if (member.name === name) return member;
    if (compressedSize === undefined) {
      throw new CoralError(
        'unsupported', `The zip file has the member ${JSON.stringify(member.name)}, of unknown length, before "${name}". `
        + 'Save it again with numpy.savez.');
    }
    await reader.skip(compressedSize, `the member ${JSON.stringify(member.name)}`);
    others.push(member.name);
  }
}

async function readLocalHeader(reader: ByteReader): Promise<{ member: Member; compressedSize: number | undefined }> {
  const header = Buffer.from(await reader.exactly(localHeaderBytes, 'a zip header'));
  const flags = header.readUInt16LE(6);
  const method = header.readUInt16LE(8);
  const name = Buffer.from(await reader.exactly(header.readUInt16LE(26), 'a zip header')).toString((flags & 0x800) !== 0 ? 'utf8' : 'latin1');
  const extra = Buffer.from(await reader.exactly(header.readUInt16LE(28), 'a zip header'));
  if ((flags & 0x2041) !== 0) {
    throw new CoralError('unsupported', `The zip member ${JSON.stringify(name)} is encrypted. Save it again without a password.`);
  }
  if (method !== 0 && method !== 8) {
    throw new CoralError(
      'unsupported', `The zip member ${JSON.stringify(name)} is compressed with method ${method}; `
      + 'only stored (0) and deflated (8) ones are supported. Save it again with numpy.savez.');
  }
  const described = (flags & 8) !== 0;
  const sizes = described ? undefined : sizesOf(header, extra);
  const member = { name, deflated: method === 8, size: sizes?.size, crc: described ? undefined : header.readUInt32LE(14) };
  return { member, compressedSize: sizes?.compressedSize };
}

/** Sizes that need more than 32 bits stand in the zip64 extra field, the uncompressed one first. */
function sizesOf(header: Buffer, extra: Buffer): { size: number; compressedSize: number } {
  const short = [header.readUInt32LE(22), header.readUInt32LE(18)] as const;
  let at = 0;
  while (at + 4 <= extra.byteLength && extra.readUInt16LE(at) !== zip64Tag) at += 4 + extra.readUInt16LE(at + 2);
  at += 4;
  const [size, compressedSize] = short.map((value) => {
    if (value !== 0xffffffff || at + 8 > extra.byteLength) return value;
    at += 8;
    return Number(extra.readBigUInt64LE(at - 8));
  });
  return { size: size ?? 0, compressedSize: compressedSize ?? 0 };
}

/** The checksum in the data descriptor after a member. Its signature may be missing: `computed` tells the two forms apart. */
export async function readDescriptorCrc(reader: ByteReader, computed: number): Promise<number> {
  const start = Buffer.from(await reader.exactly(4, 'the end of the zip member'));
  if (start.readUInt32LE(0) === computed || !startsWith(start, descriptorSignature)) return start.readUInt32LE(0);
  return Buffer.from(await reader.exactly(4, 'the end of the zip member')).readUInt32LE(0);
}

/** Reads the rest, so that a file that was cut off is noticed, and so that what lies around it can check itself. */
export async function expectEndOfZip(reader: ByteReader): Promise<void> {
  let tail = Buffer.alloc(0);
  for (let bytes = 0; ;) {
    const part = await reader.some();
    if (part === undefined) break;
    bytes += part.byteLength;
    if (bytes > maxTailBytes) {
      throw new CoralError('unsupported', `More than ${maxTailBytes} bytes follow the array in the zip file. Save it again on its own.`);
    }
    tail = Buffer.concat([tail, part]).subarray(-maxEndBytes);
  }
  for (let at = tail.byteLength - 22; at >= 0; at -= 1) {
    if (startsWith(tail.subarray(at), endSignature) && at + 22 + tail.readUInt16LE(at + 20) <= tail.byteLength) return;
  }
  throw damaged('it is cut off before the end of the zip file');
}

function startsWith(bytes: Uint8Array, signature: number): boolean {
  return bytes.byteLength >= 4 && Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE(0) === signature;
}

export function damaged(what: string): CoralError {
  return new CoralError('corrupt', `The npz file is damaged: ${what}. Restore it from another copy.`);
}
