import { randomUUID } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const fixtures = resolve('test/fixtures');
const made: string[] = [];
process.once('exit', () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export function fixturePath(...parts: string[]): string {
  return join(fixtures, ...parts);
}

export function readFixtureJson(...parts: string[]): unknown {
  return JSON.parse(readFileSync(fixturePath(...parts), 'utf8'));
}

/** A new folder, removed when the tests end. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coral-test-'));
  made.push(folder);
  return folder;
}

/** The URL of a folder as a remotes.json holds it. */
export function fileUrl(folder: string): string {
  return process.platform === 'win32' ? pathToFileURL(folder).href : `file://${folder}`;
}

/**
 * A copy of test/fixtures/NAME in a new folder. Its remotes.json files point into the copy: the remote of "basic" lies at
 * FOLDER/remote. Remotes of other fixtures ("basic/remote" in a repository of "corrupt") are copied beside it.
 */
export async function copyFixture(name: string): Promise<string> {
  const root = await temporaryFolder();
  await cp(fixturePath(name), join(root, name), { recursive: true });
  for (const path of filesNamed(join(root, name), 'remotes.json')) {
    const text = readFileSync(path, 'utf8');
    for (const [, other] of text.matchAll(/file:\/\/\/CORAL_FIXTURES\/([^"]+)/g)) {
      if (other !== undefined) cpSync(fixturePath(other), join(root, other), { recursive: true, force: false });
    }
    writeFileSync(path, text.replaceAll('file:///CORAL_FIXTURES', fileUrl(root)));
  }
  return join(root, name);
}

function filesNamed(folder: string, name: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === name)
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A folder that does not exist, inside one that does. */
export async function missingFolder(): Promise<string> {
  return join(await temporaryFolder(), randomUUID());
}
