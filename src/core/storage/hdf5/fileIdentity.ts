import { createHash } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { readAt } from './superblock';

/** Identifies one weights.h5 among all others. */
export interface FileIdentity {
  /** Differs for a copy, and possibly for the same file when its drive is reconnected. */
  readonly device: bigint;
  readonly inode: bigint;
  /** a hash of some pages all over the file: a copy has the same */
  readonly sample: Buffer;
}

export const identityBytes = 8 + 8 + 32;
const samples = 8;
const sampleBytes = 4096;

/** Of an open file, of which the bytes before `end` count. `overlay` may put others over those that are read. */
export function identify(fd: number, end: number, overlay: (position: number, bytes: Buffer) => void = () => undefined): FileIdentity {
  const { dev, ino } = fstatSync(fd, { bigint: true });
  const hash = createHash('sha256').update(String(end));
  for (let i = 0; i < samples; i += 1) {
    const position = Math.floor((i * Math.max(0, end - sampleBytes)) / (samples - 1));
    const bytes = readAt(fd, position, Math.min(sampleBytes, end - position));
    overlay(position, bytes);
    hash.update(bytes);
  }
  return { device: BigInt.asUintN(64, dev), inode: BigInt.asUintN(64, ino), sample: hash.digest() };
}

export function isSame(one: FileIdentity, other: FileIdentity): boolean {
  return (one.device === other.device && one.inode === other.inode) || one.sample.equals(other.sample);
}

export function encodeIdentity({ device, inode, sample }: FileIdentity): Buffer {
  const bytes = Buffer.alloc(identityBytes);
  bytes.writeBigUInt64LE(device);
  bytes.writeBigUInt64LE(inode, 8);
  sample.copy(bytes, 16);
  return bytes;
}

export function readIdentity(bytes: Buffer): FileIdentity {
  return { device: bytes.readBigUInt64LE(0), inode: bytes.readBigUInt64LE(8), sample: bytes.subarray(16, identityBytes) };
}
