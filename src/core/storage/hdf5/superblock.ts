import { closeSync, fstatSync, readSync } from 'node:fs';
import { openRegularSync } from '../../base/files';
import { CoralError } from '../../base/errors';

/** The head of an HDF5 file, as far as we need it. */
interface Superblock {
  readonly version: number;
  /** where the HDF5 data starts in the file: after the user block, if there is one. Addresses count from here. */
  readonly base: number;
  /** position in the file of the 8 bytes that hold the end of the allocated space */
  readonly endPosition: number;
  /** end of the allocated space, as a position in the file; a file that is shorter has been cut off */
  readonly end: number;
  /** a version 3 file that a program has open for writing, or had when it was killed */
  readonly openForWriting: boolean;
}

const signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const maxBytes = 96;

/**
 * The superblock of a file in which h5py stores weights; undefined when the file is empty. Throws "corrupt" and says what the
 * file is instead: cut off, a Git LFS pointer, or no HDF5 file at all.
 */
export function readSuperblock(path: string): Superblock | undefined {
  const fd = openRegularSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size === 0) return undefined;
    const superblock = findSuperblock(fd, size);
    if (superblock === undefined) throw notHdf5(path, readAt(fd, 0, maxBytes));
    if (size < superblock.end) {
      throw corrupt(path, `is cut off: it holds ${size} of ${superblock.end} bytes. Restore it from a copy, or pull the weights again into a new file`);
    }
    return superblock;
  } finally {
    closeSync(fd);
  }
}

/** The one of an open file; undefined when there is none. The user block, if any, is 512 bytes times a power of two. */
export function findSuperblock(fd: number, size: number): Superblock | undefined {
  for (let base = 0; base < size; base = base === 0 ? 512 : base * 2) {
    const head = readAt(fd, base, maxBytes);
    if (head.subarray(0, 8).equals(signature)) return parse(head, base);
  }
  return undefined;
}

function parse(head: Buffer, base: number): Superblock {
  const version = head.readUInt8(8);
  const sizes = version < 2 ? [head[13], head[14]] : [head[9], head[10]];
  if (version > 3 || sizes.some((bytes) => bytes !== 8)) {
    throw new CoralError(
      'unsupported', `This HDF5 file has superblock version ${version} with ${sizes.join(' and ')}-byte addresses; `
      + 'only what h5py writes can be read.');
  }
  const [baseInHead, endInHead] = version === 0 ? [24, 40] : version === 1 ? [28, 44] : [12, 28];
  // The end is stored as a position in the file, from when its data began where it says; a user block may have been put before it since.
  const moved = base - Number(head.readBigUInt64LE(baseInHead));
  return {
    version, base,
    endPosition: base + endInHead,
    end: Number(head.readBigUInt64LE(endInHead)) + moved,
    openForWriting: version === 3 && (head.readUInt8(11) & 1) === 1,
  };
}

function notHdf5(path: string, head: Buffer): CoralError {
  if (head.toString('latin1').startsWith('version https://git-lfs')) {
    return corrupt(path, 'is a Git LFS pointer, not the file itself. Run "git lfs pull"');
  }
  return corrupt(path, 'is not an HDF5 file: it does not start with the HDF5 signature. Restore it from a copy, or move it away and pull the weights again');
}

function corrupt(path: string, what: string): CoralError {
  return new CoralError('corrupt', `${path} ${what}.`, { path });
}

export function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}
