import { pipeline, Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { throwIfCancelled } from '../base/errors';
import { deflateLevel } from './deflate';
import {
  centralSignature, descriptorSignature, endSignature, localSignature, zip64EndSignature, zip64LocatorSignature, zip64Tag,
} from './zipFormat';

/** zip64 needs version 4.5 of the format. */
const version = 45;
const descriptorFollows = 8;
/** 1980-01-01, the first day a zip file knows, so that equal content gives equal files. */
const date = 0x0021;
const seeZip64 = 0xffffffff;

const u16 = (value: number): Buffer => { const bytes = Buffer.alloc(2); bytes.writeUInt16LE(value); return bytes; };
const u32 = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; };
const u64 = (value: number): Buffer => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(BigInt(value)); return bytes; };

/** A member of a zip file that is short enough to be in memory. */
export interface ShortMember {
  /** ASCII */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the directory says of a member. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  /** where its local header begins */
  readonly at: number;
}

/**
 * A zip file with one long member, after any short ones, written as its content arrives: sizes and checksum follow the content, and
 * every size has 64 bits, so that there is one form for all lengths. `size` is the length of `content`.
 */
export function zipOfOne(
  name: string, size: number, content: AsyncIterable<Uint8Array>, deflate: boolean, signal?: AbortSignal, before: readonly ShortMember[] = [],
): { size: number | undefined; bytes: AsyncIterable<Uint8Array> } {
  const method = deflate ? 8 : 0;
  const { entries, bytes: start } = storedMembers(before);
  const entry = { name, method, flags: descriptorFollows, crc: 0, compressed: 0, size, at: start.byteLength };
  const around = start.byteLength + localHeader(entry).byteLength + trailer(entries, entry).byteLength;
  const bytes = async function* (): AsyncGenerator<Uint8Array, void> {
    yield Buffer.concat([start, localHeader(entry)]);
    let crc = 0;
    let compressed = 0;
    const summed = async function* (): AsyncGenerator<Uint8Array, void> {
      for await (const part of content) {
        crc = crc32(part, crc);
        yield part;
      }
    };
    for await (const part of deflate ? deflated(summed()) : summed()) {
      throwIfCancelled(signal);
      compressed += part.byteLength;
      yield part;
    }
    yield trailer(entries, { ...entry, crc, compressed });
  };
  return { size: deflate ? undefined : around + size, bytes: bytes() };
}

function storedMembers(members: readonly ShortMember[]): { entries: readonly Entry[]; bytes: Buffer } {
  const entries: Entry[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  for (const { name, bytes: content } of members) {
    const size = content.byteLength;
    const entry = { name, method: 0, flags: 0, crc: crc32(content), compressed: size, size, at: bytes.byteLength };
    entries.push(entry);
    bytes = Buffer.concat([bytes, localHeader(entry), content]);
  }
  return { entries, bytes };
}

async function* deflated(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const deflate = createDeflateRaw({ level: deflateLevel, chunkSize: 64 * 1024 });
  // Whatever fails reaches the loop below through `deflate`; leaving the loop closes `content`.
  pipeline(Readable.from(content), deflate, () => undefined);
  for await (const part of deflate) yield part as Uint8Array;
}

/** Sizes that follow the content are announced by an empty zip64 field. */
function localHeader({ name, method, flags, crc, compressed, size }: Entry): Buffer {
  const follow = flags === descriptorFollows;
  const zip64 = follow ? Buffer.concat([u16(zip64Tag), u16(16), u64(0), u64(0)]) : Buffer.alloc(0);
  return Buffer.concat([
    u32(localSignature), u16(version), u16(flags), u16(method), u16(0), u16(date), u32(crc), u32(follow ? seeZip64 : compressed), u32(follow ? seeZip64 : size),
    u16(name.length), u16(zip64.byteLength), Buffer.from(name, 'latin1'), zip64,
  ]);
}

/** All that follows the content of the last member: its data descriptor, the central directory and the end records. */
function trailer(before: readonly Entry[], last: Entry): Buffer {
  const descriptor = Buffer.concat([u32(descriptorSignature), u32(last.crc), u64(last.compressed), u64(last.size)]);
  const directory = Buffer.concat([...before, last].map(directoryEntry));
  const directoryAt = last.at + localHeader(last).byteLength + last.compressed + descriptor.byteLength;
  const endAt = directoryAt + directory.byteLength;
  const count = before.length + 1;
  return Buffer.concat([
    descriptor,
    directory,
    u32(zip64EndSignature), u64(44), u16(version), u16(version), u32(0), u32(0), u64(count), u64(count), u64(directory.byteLength), u64(directoryAt),
    u32(zip64LocatorSignature), u32(0), u64(endAt), u32(1),
    u32(endSignature), u16(0), u16(0), u16(count), u16(count), u32(directory.byteLength), u32(seeZip64), u16(0),
  ]);
}

function directoryEntry({ name, method, flags, crc, compressed, size, at }: Entry): Buffer {
  return Buffer.concat([
    u32(centralSignature), u16(version), u16(version), u16(flags), u16(method), u16(0), u16(date), u32(crc), u32(seeZip64), u32(seeZip64),
    u16(name.length), u16(20), u16(0), u16(0), u16(0), u32(0), u32(at), Buffer.from(name, 'latin1'), u16(zip64Tag), u16(16), u64(size), u64(compressed),
  ]);
}
