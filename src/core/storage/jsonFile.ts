import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CoralError, type Reason } from '../errors';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text's JSON object; an error of `reason` that names the file and the line otherwise. */
export function parseJsonObject(text: string, path: string, reason: Reason): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const line = lineOfSyntaxError(text, error);
    // What the parser says quotes the text, which may hold a secret.
    const what = text.trim() === '' ? 'the file is empty' : 'this is not JSON';
    throw new CoralError(reason, `${path}, line ${line}: ${what}. Repair it or restore it from a copy.`, { path, line });
  }
  if (isObject(value)) return value;
  throw new CoralError(reason, `${path}, line 1: a JSON object ({...}) is expected here. Repair it or restore it from a copy.`, { path, line: 1 });
}

/** From 1. The parser often gives a position; else it is the first line after which the text cannot become JSON any more. */
function lineOfSyntaxError(text: string, error: unknown): number {
  const position = positionOf(error);
  if (position !== undefined) return text.slice(0, position).split('\n').length;
  const lines = text.split('\n');
  let good = 0;
  for (let bad = lines.length; bad - good > 1;) {
    const middle = Math.floor((good + bad) / 2);
    if (mayGoOn(lines.slice(0, middle).join('\n'))) good = middle;
    else bad = middle;
  }
  return good + 1;
}

/** Whether the text could be the beginning of JSON. */
function mayGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    return (positionOf(error) ?? 0) >= text.length || /end of JSON/.test((error as Error).message);
  }
}

function positionOf(error: unknown): number | undefined {
  const position = /at position (\d+)/.exec((error as Error).message)?.[1];
  return position === undefined ? undefined : Number(position);
}

const beyondAscii = /[\u007f-\uffff]/;
const eachBeyondAscii = /[\u007f-\uffff]/g;

/** JSON as Python's json module writes it with indent=2: only ASCII, no newline at the end. */
export function pythonJson(value: unknown): string {
  const json = JSON.stringify(value, null, 2);
  // Names and hashes are mostly ASCII, and a commit has thousands of them.
  return beyondAscii.test(json) ? json.replace(eachBeyondAscii, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : json;
}

/** The same on one line, as Python writes it by default: '{"a": [1, 2]}'. */
export function pythonJsonLine(value: unknown): string {
  return pythonJson(value).replace(/,\n */g, ', ').replace(/\n */g, '');
}

/** The commit of a million weights has about 60 MB. */
const longestText = 128 * 1024 * 1024;

/** The file's text; undefined when there is no such file. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > longestText) throw new CoralError('corrupt', `${path} has ${size} bytes, far too many for what it should be. Restore it from a copy.`, { path });
    return await file.readFile('utf8');
  } catch (error) {
    if (CoralError.is(error)) throw error;
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    throw fileError(error, path);
  }
}

/**
 * Replaces the file in one step and durably: readers see the old content or the new one. Its mode and a link to it are kept. The new one
 * is made in `scratch`, a folder of the same file system; beside the file when absent.
 */
export async function replaceFile(path: string, content: string | Uint8Array, scratch?: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const mode = await stat(target).then(({ mode }) => mode & 0o777, () => 0o644);
  const temporary = join(scratch ?? dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, path);
  }
  await syncFolder(dirname(target));
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
