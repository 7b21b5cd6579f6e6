import { CoralError } from '../../base/errors';
import { lookup3 } from './lookup3';

/** Reads bytes of an HDF5 file. Addresses, as everywhere in HDF5, count from the superblock's base. */
export interface RawReader {
  read(address: number, length: number): Buffer;
}

/** Overwrites bytes of an HDF5 file that is closed. */
export interface RawFile extends RawReader {
  write(address: number, bytes: Uint8Array): void;
}

export const messageType = { dataspace: 0x01, datatype: 0x03, layout: 0x08, attribute: 0x0c, continuation: 0x10, symbolTable: 0x11 } as const;

/** More parts than any header has; only one that leads into itself does. */
const maxBlocks = 1000;

export interface HeaderMessage {
  readonly type: number;
  /** of its body */
  readonly address: number;
  readonly body: Buffer;
  /** the part of the header it lies in, when a checksum follows that */
  readonly checked: Block | undefined;
}

interface Block {
  readonly address: number;
  /** without the checksum */
  readonly length: number;
}

/** The messages of an object header, version 1 or 2. */
export function readMessages(file: RawReader, address: number): HeaderMessage[] {
  const messages: HeaderMessage[] = [];
  const blocks = file.read(address, 4).toString('latin1') === 'OHDR' ? version2(file, address) : version1(file, address);
  for (let next = blocks.next(); next.done !== true;) {
    messages.push(next.value);
    const continued = next.value.type === messageType.continuation ? next.value.body : undefined;
    next = blocks.next(continued && { address: Number(continued.readBigUInt64LE(0)), length: Number(continued.readBigUInt64LE(8)) });
  }
  return messages;
}

/** Yields messages; is told of continuation blocks when it is resumed. */
type Messages = Generator<HeaderMessage, undefined, Block | undefined>;

function* version1(file: RawReader, address: number): Messages {
  const head = file.read(address, 16);
  if (head[0] !== 1) throw unknownLayout(`object header version ${head[0] ?? 'none'}`);
  const blocks = [{ address: address + 16, length: head.readUInt32LE(8) }];
  for (const block of blocks) {
    if (blocks.length > maxBlocks) throw unknownLayout('a header that does not end');
    const bytes = file.read(block.address, block.length);
    for (let at = 0; at + 8 <= bytes.byteLength;) {
      const end = at + 8 + bytes.readUInt16LE(at + 2);
      const more = yield { type: bytes.readUInt16LE(at), address: block.address + at + 8, body: bytes.subarray(at + 8, end), checked: undefined };
      if (more !== undefined) blocks.push(more);
      at = end;
    }
  }
  return undefined;
}

function* version2(file: RawReader, address: number): Messages {
  const head = file.read(address, 40);
  const flags = head[5] ?? 0;
  const sizeBytes = 1 << (flags & 3);
  const sizeAt = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const prefix = sizeAt + sizeBytes;
  const messageHead = flags & 0x04 ? 6 : 4;
  const blocks: (Block & { skip: number })[] = [{ address, length: prefix + head.readUIntLE(sizeAt, Math.min(sizeBytes, 6)), skip: prefix }];
  for (const block of blocks) {
    if (blocks.length > maxBlocks) throw unknownLayout('a header that does not end');
    const bytes = file.read(block.address, block.length);
    for (let at = block.skip; at + messageHead <= bytes.byteLength;) {
      const start = at + messageHead;
      const end = start + bytes.readUInt16LE(at + 1);
      const more = yield { type: bytes.readUInt8(at), address: block.address + start, body: bytes.subarray(start, end), checked: block };
      // A continuation's length counts its signature "OCHK" and its checksum.
      if (more !== undefined) blocks.push({ address: more.address, length: more.length - 4, skip: 4 });
      at = end;
    }
  }
  return undefined;
}

/** Puts another datatype into a dataset's header; the message there must be at least as long. */
export function replaceDatatype(file: RawFile, header: number, datatype: Buffer): void {
  const message = readMessages(file, header).find(({ type }) => type === messageType.datatype);
  if (message === undefined || message.body.byteLength < datatype.byteLength) throw unknownLayout('no room for the datatype');
  const body = Buffer.alloc(message.body.byteLength);
  datatype.copy(body);
  file.write(message.address, body);
  if (message.checked === undefined) return;
  const { address, length } = message.checked;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(lookup3(file.read(address, length)));
  file.write(address + length, checksum);
}

export function unknownLayout(what: string): CoralError {
  return new CoralError('unsupported', `The HDF5 file has an unexpected layout (${what}).`);
}
