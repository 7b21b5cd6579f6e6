import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A fixture that a test may change. Its remotes.json files point into the copy. */
export class FixtureCopy {
  readonly folder: string;
  /** the repository within it */
  readonly repository: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.repository = join(folder, 'repo');
  }

  static async of(name: string, fixtures = resolve('test/fixtures')): Promise<FixtureCopy> {
    const parent = await mkdtemp(join(tmpdir(), 'coral-fixture-'));
    const copy = new FixtureCopy(join(parent, name));
    await cp(join(fixtures, name), copy.folder, { recursive: true });
    for (const path of await readdir(copy.folder, { recursive: true })) {
      if (path.endsWith('remotes.json')) await pointInto(join(copy.folder, path), parent);
    }
    return copy;
  }

  async remove(): Promise<void> {
    await rm(resolve(this.folder, '..'), { recursive: true, force: true });
  }
}

async function pointInto(file: string, parent: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll('file:///CORAL_FIXTURES', pathToFileURL(parent).href));
}
