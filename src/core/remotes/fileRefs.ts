import { join } from 'node:path';
import { editFile, ensureFile, makeFolder, readTextFile } from '../base/files';
import { lockFile } from '../storage/hdf5/lockFile';
import { realPathOf } from '../storage/hdf5/realPathOf';
import type { RefsStore } from './refs';

/** The lock is held for milliseconds, so only many writers at once make one wait; frequent polling gives each its turn. */
const lockOptions = { timeoutMs: 120_000, pollMs: 40 };

/** No refs.json is that long. */
const maxBytes = 16 * 1024 * 1024;

/** refs.json in the folder of a file remote. Writers lock refs.json.lock beside it, which is never removed. */
export class FileRefs implements RefsStore {
  readonly location: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.location = join(folder, 'refs.json');
  }

  async read(): Promise<string | undefined> {
    return readTextFile(this.location, maxBytes);
  }

  async update(edit: (text: string | undefined) => string | undefined, signal?: AbortSignal): Promise<void> {
    // When nothing has to change, no lock file is made.
    if (edit(await this.read()) === undefined) return;
    const lockPath = realPathOf(`${this.location}.lock`);
    await this.#create(lockPath);
    const lock = await lockFile(lockPath, 'exclusive', lockOptions, signal);
    try {
      lock?.check();
      await editFile(this.location, edit, { maxBytes });
    } finally {
      lock?.release();
    }
  }

  async #create(path: string): Promise<void> {
    await makeFolder(this.#folder);
    await ensureFile(path);
  }
}
