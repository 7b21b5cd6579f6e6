import { join } from 'node:path';
import { throwIfCancelled } from '../errors';
import { makeFolder, readBytes, replaceFile } from '../base/files';
import { entriesOf, refuseLinksBelow } from '../base/folders';
import { type HistoryStore, historyOf } from './recordKinds';
import { longestRecord, type RecordStore } from './recordStore';

/** ID.json in a folder, which need not exist. */
export class FolderRecords implements RecordStore {
  readonly #root: string;
  readonly #folder: string;
  readonly #isId: (text: string) => boolean;
  readonly #agreed: readonly string[];

  /** @param root below which nothing is written through a link, but for those to the real paths in `agreed`; see `refuseLinksBelow` */
  constructor(root: string, folder: string, isId: (text: string) => boolean, agreed: readonly string[] = []) {
    this.#root = root;
    this.#folder = join(root, folder);
    this.#isId = isId;
    this.#agreed = agreed;
  }

  async list(signal?: AbortSignal): Promise<string[]> {
    throwIfCancelled(signal);
    return (await entriesOf(this.#folder)).flatMap(({ name }) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : [])).filter(this.#isId).sort();
  }

  async read(id: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    throwIfCancelled(signal);
    return readBytes(this.pathOf(id), longestRecord);
  }

  isKnownToBe(): boolean {
    return false;
  }

  /** The temporary file does not end in .json: the Python tool takes all that do for commits. */
  async write(id: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const path = this.pathOf(id);
    await refuseLinksBelow(this.#root, path, this.#agreed);
    await makeFolder(this.#folder);
    await replaceFile(path, bytes);
  }

  pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

/** The history in a `.coral` folder. `agreed` are real paths of folders outside of it that the user has agreed to use. */
export function localHistory(coralFolder: string, agreed: readonly string[] = []): HistoryStore {
  return historyOf(({ localFolder, isId }) => new FolderRecords(coralFolder, join(...localFolder), isId, agreed));
}

/** The history in the folder of a file remote. */
export function folderHistory(folder: string): HistoryStore {
  return historyOf(({ isId }, name) => new FolderRecords(folder, name, isId));
}
