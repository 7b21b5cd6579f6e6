import { pipeline, Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { throwIfCancelled } from '../errors';
import { deflateLevel } from './inflate';
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

interface Sizes {
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
}

/**
 * A zip file with one member, written as its content arrives: sizes and checksum follow the content, and every size has 64 bits,
 * so that there is one form for all lengths. `size` is the length of `content`.
 */
export function zipOfOne(
  name: string, size: number, content: AsyncIterable<Uint8Array>, deflate: boolean, signal?: AbortSignal,
): { size: number | undefined; bytes: AsyncIterable<Uint8Array> } {
  const method = deflate ? 8 : 0;
  const around = localHeader(name, method).byteLength + trailer(name, method, { crc: 0, compressed: 0, size: 0 }).byteLength;
  const bytes = async function* (): AsyncGenerator<Uint8Array, void> {
    yield localHeader(name, method);
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
    yield trailer(name, method, { crc, compressed, size });
  };
  return { size: deflate ? undefined : around + size, bytes: bytes() };
}

async function* deflated(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const deflate = createDeflateRaw({ level: deflateLevel, chunkSize: 64 * 1024 });
  // Whatever fails reaches the loop below through `deflate`; leaving the loop closes `content`.
  pipeline(Readable.from(content), deflate, () => undefined);
  for await (const part of deflate) yield part as Uint8Array;
}

function localHeader(name: string, method: number): Buffer {
  return Buffer.concat([
    u32(localSignature), u16(version), u16(descriptorFollows), u16(method), u16(0), u16(date), u32(0), u32(seeZip64), u32(seeZip64),
    u16(name.length), u16(20), Buffer.from(name, 'latin1'), u16(zip64Tag), u16(16), u64(0), u64(0),
  ]);
}

/** All that follows the content: data descriptor, central directory and the end records. */
function trailer(name: string, method: number, { crc, compressed, size }: Sizes): Buffer {
  const descriptor = Buffer.concat([u32(descriptorSignature), u32(crc), u64(compressed), u64(size)]);
  const directory = Buffer.concat([
    u32(centralSignature), u16(version), u16(version), u16(descriptorFollows), u16(method), u16(0), u16(date), u32(crc), u32(seeZip64), u32(seeZip64),
    u16(name.length), u16(20), u16(0), u16(0), u16(0), u32(0), u32(0), Buffer.from(name, 'latin1'), u16(zip64Tag), u16(16), u64(size), u64(compressed),
  ]);
  const directoryAt = localHeader(name, method).byteLength + compressed + descriptor.byteLength;
  const endAt = directoryAt + directory.byteLength;
  return Buffer.concat([
    descriptor,
    directory,
    u32(zip64EndSignature), u64(44), u16(version), u16(version), u32(0), u32(0), u64(1), u64(1), u64(directory.byteLength), u64(directoryAt),
    u32(zip64LocatorSignature), u32(0), u64(endAt), u32(1),
    u32(endSignature), u16(0), u16(0), u16(1), u16(1), u32(directory.byteLength), u32(seeZip64), u16(0),
  ]);
}
