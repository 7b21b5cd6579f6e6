import { isHash } from '../../../base/validate';

const folders = {
  weights: '.npz', metadata: '.json', deltas: '.npz', commits: '.json', versions: '.json', states: '.json', checkpoints: '.json',
} as const;
export type Folder = keyof typeof folders;

/** The keys below a prefix, which is used as it is: "coral/", "models/", "", and "models" for what the Python CLI makes of it. */
export class Layout {
  readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  get refs(): string {
    return `${this.prefix}refs.json`;
  }

  /** The common prefix of all keys in a folder. */
  folder(folder: Folder): string {
    return `${this.prefix}${folder}/`;
  }

  key(folder: Folder, hash: string): string {
    return `${this.folder(folder)}${hash}${folders[folder]}`;
  }

  /** The hash in a listed key; undefined for whatever else lies there: folder markers, other files, names with "/" or "..". */
  hashOf(folder: Folder, key: string): string | undefined {
    return this.idOf(folder, key, isHash);
  }

  /** The same for names that are no hashes. */
  idOf(folder: Folder, key: string, isId: (text: string) => boolean): string | undefined {
    const start = this.folder(folder);
    const end = folders[folder];
    if (!key.startsWith(start) || !key.endsWith(end)) return undefined;
    const id = key.slice(start.length, -end.length);
    return isId(id) ? id : undefined;
  }
}
