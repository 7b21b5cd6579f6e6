import { join } from 'node:path';
import { throwIfCancelled } from '../base/errors';
import { makeFolder, readBytes, replaceFile } from '../base/files';
import { entriesOf, refuseLinksBelow } from '../base/folders';
import { type HistoryStore, historyOf, type RecordKind } from './recordKinds';
import { maxRecordBytes, type RecordStore } from './recordStore';

interface FolderRecordsOptions {
  /** Nothing below `root` is written through a link, except links to the real paths in `agreed`; see `refuseLinksBelow`. */
  readonly root: string;
  readonly folder: string;
  readonly agreed?: readonly string[];
}

/** ID.json in a folder, which need not exist. */
class FolderRecords implements RecordStore {
  readonly #root: string;
  readonly #folder: string;
  readonly #agreed: readonly string[];
  readonly #isId: (text: string) => boolean;
  readonly #pythonPlace: RecordKind<unknown>['pythonPlace'];
  /** ids of the records that only the Python tool has written, by the last listing */
  #pythonsOnly: ReadonlySet<string> = new Set();

  constructor(kind: Pick<RecordKind<unknown>, 'isId' | 'pythonPlace'>, { root, folder, agreed = [] }: FolderRecordsOptions) {
    this.#root = root;
    this.#folder = join(root, folder);
    this.#agreed = agreed;
    this.#isId = kind.isId;
    this.#pythonPlace = kind.pythonPlace;
  }

  async list(signal?: AbortSignal): Promise<string[]> {
    throwIfCancelled(signal);
    const ours = new Set(await this.#idsIn(this.#folder, '.json'));
    const place = this.#pythonPlace;
    const pythons = place === undefined ? [] : await this.#idsIn(join(this.#root, ...place.folder), place.ending);
    this.#pythonsOnly = new Set(pythons.filter((id) => !ours.has(id)));
    return [...ours, ...this.#pythonsOnly].sort();
  }

  async #idsIn(folder: string, ending: string): Promise<string[]> {
    const names = (await entriesOf(folder)).map(({ name }) => name);
    return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length)).filter(this.#isId);
  }

  async read(id: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    throwIfCancelled(signal);
    const own = await readBytes(this.#ownPathOf(id), maxRecordBytes);
    const pythons = this.#pythonsPathOf(id);
    return own !== undefined || pythons === undefined ? own : readBytes(pythons, maxRecordBytes);
  }

  isKnownToBe(): boolean {
    return false;
  }

  /** The temporary file must not end in .json: the Python tool takes every such file for a commit. */
  async write(id: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const path = this.#ownPathOf(id);
    await refuseLinksBelow(this.#root, path, this.#agreed);
    await makeFolder(this.#folder);
    await replaceFile(path, bytes);
  }

  pathOf(id: string): string {
    return (this.#pythonsOnly.has(id) ? this.#pythonsPathOf(id) : undefined) ?? this.#ownPathOf(id);
  }

  #ownPathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }

  #pythonsPathOf(id: string): string | undefined {
    return this.#pythonPlace && join(this.#root, ...this.#pythonPlace.folder, `${id}${this.#pythonPlace.ending}`);
  }
}

/** The history in a `.coral` folder. `agreed` are real paths of folders outside of it that the user has agreed to use. */
export function localHistory(coralFolder: string, agreed: readonly string[] = []): HistoryStore {
  return historyOf((kind) => new FolderRecords(kind, { root: coralFolder, folder: join(...kind.localFolder), agreed }));
}

/** The history in the folder of a file remote. */
export function folderHistory(folder: string): HistoryStore {
  return historyOf(({ isId }, name) => new FolderRecords({ isId }, { root: folder, folder: name }));
}
