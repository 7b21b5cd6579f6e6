import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'mocha';
import { FixtureCopy } from '../samples/fixtureCopy';
import { startS3, type TestS3 } from '../servers/s3';
import { Session } from './session';
import type { Workbench } from './workbench';

let starting: Promise<Session> | undefined;
const folders: string[] = [];
const copies: FixtureCopy[] = [];

/** undefined where no S3 server can be started. */
export const s3Server = (): Promise<TestS3 | undefined> => startS3();

/** The one VS Code of all UI tests, with the keys of the S3 server in its environment; some keys in any case, or nothing is sent at all. */
export function session(): Promise<Session> {
  starting ??= s3Server().then((server) => Session.start({
    env: { MINIO_ACCESS_KEY: server?.accessKeyId ?? 'nobody', MINIO_SECRET_KEY: server?.secretAccessKey ?? 'nothing' },
  }));
  return starting;
}

after(async function () {
  this.timeout(60_000);
  const started = await starting?.catch(() => undefined); // why it failed to start is said by the tests
  await started?.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  await Promise.all(copies.map((copy) => copy.remove()));
});

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coral-ui-'));
  folders.push(folder);
  return folder;
}

/** A copy of a fixture that a test may change. */
export async function copyOf(fixture: string): Promise<FixtureCopy> {
  const copy = await FixtureCopy.of(fixture);
  copies.push(copy);
  return copy;
}

/**
 * Opens a folder (or an empty window) with the Coral view in front; what the window shows when `test` fails is in
 * out/shots/failed-NAME.png.
 */
export async function inWorkbench(name: string, folder: string | undefined, test: (workbench: Workbench) => Promise<void>, where = session()): Promise<void> {
  const workbench = await (await where).open(folder);
  try {
    await workbench.openCoral();
    await test(workbench);
  } catch (error) {
    await workbench.screenshot(`failed-${name}`).catch(() => undefined);
    throw error;
  } finally {
    await workbench.close();
  }
}

export function assertShows(rows: readonly string[], ...expected: readonly RegExp[]): void {
  for (const pattern of expected) assert.ok(rows.some((row) => pattern.test(row)), `no row matches ${String(pattern)}:\n${rows.join('\n')}`);
}
