import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError, throwIfCancelled } from '../errors';
import { fileError, isCode, replaceFile } from '../base/files';
import { isCommitHash } from '../validate';
import { type HistoryStore, isVersionId, longestRecord, type RecordStore } from './recordStore';

/** ID.json in a folder, which need not exist. */
export class FolderRecords implements RecordStore {
  readonly #folder: string;
  readonly #isId: (text: string) => boolean;

  constructor(folder: string, isId: (text: string) => boolean) {
    this.#folder = folder;
    this.#isId = isId;
  }

  async list(signal?: AbortSignal): Promise<string[]> {
    throwIfCancelled(signal);
    try {
      return (await readdir(this.#folder)).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : [])).filter(this.#isId).sort();
    } catch (error) {
      if (isCode(error, 'ENOENT')) return [];
      throw fileError(error, this.#folder);
    }
  }

  async read(id: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    throwIfCancelled(signal);
    const path = this.pathOf(id);
    try {
      const { size } = await stat(path);
      if (size > longestRecord) throw new CoralError('corrupt', `${path} has ${size} bytes; no commit or version is that long.`, { path });
      return await readFile(path);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw fileError(error, path);
    }
  }

  isKnownToBe(): boolean {
    return false;
  }

  /** The temporary file does not end in .json: the Python tool takes all that do for commits. */
  async write(id: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const path = this.pathOf(id);
    await mkdir(this.#folder, { recursive: true }).catch((error: unknown) => { throw fileError(error, path); });
    await replaceFile(path, bytes);
  }

  pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

/** The history in a `.coral` folder. */
export function localHistory(coralFolder: string): HistoryStore {
  return {
    commits: new FolderRecords(join(coralFolder, 'objects', 'commits'), isCommitHash),
    versions: new FolderRecords(join(coralFolder, 'versions'), isVersionId),
  };
}

/** The history in the folder of a file remote. */
export function folderHistory(folder: string): HistoryStore {
  return { commits: new FolderRecords(join(folder, 'commits'), isCommitHash), versions: new FolderRecords(join(folder, 'versions'), isVersionId) };
}
