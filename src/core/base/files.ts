import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readlink, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CoralError } from './errors';
import { Semaphore } from './semaphore';
import { decodeText, encodeText, refuseOtherEncoding } from './textEncoding';

// Every small file is opened, read and replaced here. A workspace or a share may hold what a stranger made: a link, a device, a pipe,
// a file without end.

/** Opening a pipe must not wait for somebody at its other end. Windows has no such flag, and no such files. */
const withoutWaiting = (constants.O_NONBLOCK as number | undefined) ?? 0;
const openFlags = { r: constants.O_RDONLY, 'r+': constants.O_RDWR } as const;
export type OpenMode = keyof typeof openFlags;

/**
 * Opens a file that is there, and nothing but a regular file; a link is followed. Reason "corrupt" for a device, a pipe, a socket
 * or a folder; what the file system says otherwise (see `isCode`).
 */
export function openRegularSync(path: string, mode: OpenMode): number {
  refuseSpecial(statSync(path), path);
  const fd = openSync(path, openFlags[mode] | withoutWaiting);
  try {
    refuseSpecial(fstatSync(fd), path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The same, as a promise. */
async function openRegular(path: string, mode: OpenMode = 'r'): Promise<FileHandle> {
  refuseSpecial(await stat(path), path);
  const file = await open(path, openFlags[mode] | withoutWaiting);
  try {
    refuseSpecial(await file.stat(), path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function refuseSpecial(found: Stats, path: string): void {
  if (found.isFile()) return;
  throw new CoralError('corrupt', `${path} is ${kindOf(found)}, not a file. Remove it, or restore the file from a copy.`, { path });
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

/** Error codes that concern one file alone: a disk error, a circle of links, no plain file behind the path. */
const unreadable = ['EIO', 'ELOOP', 'EINVAL', 'EAGAIN', 'ENXIO'];

/** Bytes of all files being read at the same time; a larger file is read alone. */
const maxConcurrentBytes = 32 * 1024 * 1024;
const memoryBudget = new Semaphore(maxConcurrentBytes);

/**
 * Reads the file and returns what `use` makes of its bytes; undefined when there is no such file. Reason "corrupt" for more than
 * `maxBytes`, and for anything but a regular file. Memory is bounded however many files are asked for at once: `use` should
 * return something smaller than the bytes.
 */
export async function useFile<T>(path: string, maxBytes: number, use: (bytes: Buffer) => T): Promise<T | undefined> {
  try {
    await using file = await openRegular(path);
    const { size } = await file.stat();
    if (size > maxBytes) throw tooLong(path, `${size}`);
    return await memoryBudget.with(Math.max(size, 1), async () => use(await readToEnd(file, path, size, maxBytes)));
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    const code = unreadable.find((known) => isCode(error, known));
    if (code === undefined) throw fileError(error, path);
    const text = `${path} cannot be read (${code}). Remove it, or restore the file from a copy.`;
    throw new CoralError('corrupt', text, { path }, { cause: error });
  }
}

/** A file may grow while it is read, and files that the system makes up (/proc) have no true size. */
const maxGrowth = 1024 * 1024;

async function readToEnd(file: FileHandle, path: string, size: number, maxBytes: number): Promise<Buffer> {
  const limit = Math.min(maxBytes, size + maxGrowth);
  const parts: Buffer[] = [];
  let length = 0;
  for (let wanted = size + 1; ; wanted = 64 * 1024) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted);
    if (bytesRead === 0) return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    length += bytesRead;
    if (length > limit) throw tooLong(path, `more than ${limit}`);
    parts.push(buffer.subarray(0, bytesRead));
  }
}

function tooLong(path: string, length: string): CoralError {
  return new CoralError('corrupt', `${path} has ${length} bytes, far too many for what it should be. Restore it from a copy.`, { path });
}

/** The file's bytes; see `useFile`. */
export async function readBytes(path: string, maxBytes: number): Promise<Buffer | undefined> {
  return useFile(path, maxBytes, (bytes) => bytes);
}

/** The file's text; see `useFile`, and `decodeText` for what it begins with. */
export async function readTextFile(path: string, maxBytes: number): Promise<string | undefined> {
  return useFile(path, maxBytes, decodeText);
}

/**
 * Replaces the file in one step and durably: readers see the old content or the new one. Its mode is kept. A link is replaced by
 * the file: what it leads to is never written. The new one is made in `scratch`, a folder of the same file system; beside the
 * file when absent.
 */
export async function replaceFile(path: string, content: string | Uint8Array, scratch?: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  const mode = found?.isFile() === true ? found.mode & 0o777 : 0o644;
  const temporary = join(scratch ?? dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, path);
  }
  await syncFolder(dirname(path));
}

/** Makes an empty file where there is none. Reason "corrupt" for what is there and no file. */
export async function ensureFile(path: string): Promise<void> {
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw fileError(error, path);
    await (await openRegular(path).catch((failure: unknown) => { throw fileError(failure, path); })).close();
  }
}

interface EditOptions {
  /** no file of this kind is longer */
  readonly maxBytes: number;
  /** see `replaceFile` */
  readonly scratch?: string | undefined;
}

const editAttempts = 20;

/**
 * Replaces the file by what `edit` makes of its text, keeping its encoding. undefined means no file before, or no change after.
 * An edit that somebody else makes meanwhile is not lost: `edit` is called again with their text. Reason "invalid" for a file in
 * another encoding; see `refuseOtherEncoding`.
 */
export async function editFile(
  path: string, edit: (text: string | undefined) => string | undefined, { maxBytes, scratch }: EditOptions,
): Promise<void> {
  for (let attempt = 0; attempt < editAttempts; attempt += 1) {
    const before = await readBytes(path, maxBytes);
    const text = before && decodeText(before);
    const after = edit(text);
    if (after === undefined || after === text) return;
    if (before !== undefined) refuseOtherEncoding(before, path);
    if (before === undefined) await makeFolder(dirname(path));
    const now = await readBytes(path, maxBytes);
    if (now === before || now !== undefined && before?.equals(now) === true) return replaceFile(path, encodeText(after, before), scratch);
  }
  throw new CoralError('busy', `${path} keeps changing. Try again when the other program is done with it.`, { path });
}

/** Rejects with reason "denied" where the file itself is a link: somebody chose where the real one lies. */
export async function refuseLink(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink() !== true) return;
  throw new CoralError(
    'denied', `${path} is a link to ${await readlink(path)}, so it was not changed. `
    + 'Edit that file itself, or replace the link with a copy.', { path });
}

/** Makes a folder, and those above it, where there is none. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileError(isCode(error, 'ENOENT') ? await whyNoFolder(path, error) : error, path);
  }
}

/** On a read-only file system a recursive mkdir says that something does not exist; a plain one says what is wrong. */
async function whyNoFolder(path: string, error: unknown): Promise<unknown> {
  const parent = dirname(path);
  const hasParent = await stat(parent).then(() => true, () => false);
  if (!hasParent && parent !== path) return whyNoFolder(parent, error);
  return mkdir(path).then(() => error, (failure: unknown) => failure);
}

/** Makes a rename durable. Windows cannot open folders and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Whether the file system refused for want of permission. */
export function isDenied(error: unknown): boolean {
  return isCode(error, 'EACCES') || isCode(error, 'EPERM') || isCode(error, 'EROFS');
}

/** Calls that change what is on the disk. */
const writing: ReadonlySet<unknown> = new Set([
  'write', 'fsync', 'fdatasync', 'ftruncate', 'rename', 'unlink', 'rm', 'link', 'mkdir', 'copyfile',
]);

/** What the file system said, as one of our errors. */
export function fileError(error: unknown, path: string): CoralError {
  if (CoralError.is(error)) return error;
  const detail = { path };
  const cause = { cause: error };
  if (isDenied(error)) {
    return new CoralError('denied', `You may not read or write ${path}. Check its permissions.`, detail, cause);
  }
  if (isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')) {
    return new CoralError('full', `There is no space left for ${path}.`, detail, cause);
  }
  if (isCode(error, 'ENOENT')) return new CoralError('missing', `${path} does not exist.`, detail, cause);
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && 'syscall' in error && writing.has(error.syscall)) {
    return new CoralError(
      'invalid', `${path} could not be written (${why}). Nothing in it was changed. `
      + 'Check the drive, or the connection to it, and try again.', detail, cause);
  }
  return new CoralError('invalid', `${path} could not be read or written: ${why}`, detail, cause);
}
