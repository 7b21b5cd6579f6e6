import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CoralError } from '../errors';

// The one door to small files. What lies in a workspace or on a share may be a stranger's: a link, a device, a pipe, a file without end.

/** The commit of a million weights has about 60 MB. */
export const maxTextBytes = 128 * 1024 * 1024;

/** Opening a pipe must not wait for somebody at its other end. Windows has no such flag, and no such files. */
const withoutWaiting = (constants.O_NONBLOCK as number | undefined) ?? 0;
const openFlags = { r: constants.O_RDONLY, 'r+': constants.O_RDWR } as const;
export type OpenMode = keyof typeof openFlags;

/**
 * Opens a file that is there, and nothing but a regular file; a link is followed. Reason "corrupt" for a device, a pipe, a socket or a folder; what the
 * file system says otherwise (see `isCode`).
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
export async function openRegular(path: string, mode: OpenMode = 'r'): Promise<FileHandle> {
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

/** The file's bytes, no more than `maxBytes` of them; undefined when there is no such file. Reason "corrupt" for a longer one, and for what is no file. */
export async function readBytes(path: string, maxBytes: number): Promise<Buffer | undefined> {
  try {
    await using file = await openRegular(path);
    const { size } = await file.stat();
    if (size > maxBytes) throw new CoralError('corrupt', `${path} has ${size} bytes, far too many for what it should be. Restore it from a copy.`, { path });
    return await file.readFile();
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    throw fileError(error, path);
  }
}

/** The file's text; undefined when there is no such file. */
export async function readTextFile(path: string): Promise<string | undefined> {
  return (await readBytes(path, maxTextBytes))?.toString('utf8');
}

/**
 * Replaces the file in one step and durably: readers see the old content or the new one. Its mode is kept. A link is replaced by the file: what it leads
 * to is never written. The new one is made in `scratch`, a folder of the same file system; beside the file when absent.
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

const editAttempts = 20;

/**
 * Replaces the file by what `edit` makes of its text; undefined stands for no file before, and for no change after. What someone
 * else writes meanwhile is not lost: the edit is done again upon it.
 */
export async function editFile(path: string, edit: (text: string | undefined) => string | undefined, scratch?: string): Promise<void> {
  for (let attempt = 0; attempt < editAttempts; attempt += 1) {
    const before = await readTextFile(path);
    const after = edit(before);
    if (after === undefined || after === before) return;
    if (before === undefined) await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => { throw fileError(error, path); });
    if (await readTextFile(path) === before) return replaceFile(path, after, scratch);
  }
  throw new CoralError('busy', `${path} keeps changing. Try again when the other program is done with it.`, { path });
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

/** What the file system said, as one of our errors. */
export function fileError(error: unknown, path: string): CoralError {
  if (CoralError.is(error)) return error;
  const detail = { path };
  const cause = { cause: error };
  if (isCode(error, 'EACCES') || isCode(error, 'EPERM') || isCode(error, 'EROFS')) {
    return new CoralError('denied', `You may not read or write ${path}. Check its permissions.`, detail, cause);
  }
  if (isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')) return new CoralError('full', `There is no space left for ${path}.`, detail, cause);
  if (isCode(error, 'ENOENT')) return new CoralError('missing', `${path} does not exist.`, detail, cause);
  return new CoralError('invalid', `${path} could not be read or written: ${error instanceof Error ? error.message : String(error)}`, detail, cause);
}
