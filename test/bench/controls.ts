import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { execFileSync } from 'node:child_process';
import { copyFile, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestS3 } from '../servers/s3';
import { timed } from './stopwatch';
import { coralWithRemotes } from '../python/python.mjs';

/** What the disk does at best: the same bytes, copied and synced. */
export async function copyAndSync(from: string, to: string): Promise<number> {
  const { seconds } = await timed(async () => {
    await copyFile(from, to);
    const file = await open(to, 'r+');
    await file.sync();
    await file.close();
  });
  return seconds;
}

/** What reading the JSON files of a folder takes at best. */
export async function parseAll(folder: string): Promise<void> {
  for (const name of await readdir(folder)) JSON.parse(await readFile(join(folder, name), 'utf8'));
}

/** What the SDK and the server do at best: as many objects of the same size, put and got with nothing around them. */
export async function bareS3(server: TestS3, bucket: string, count: number, bytes: number): Promise<{ readonly put: number; readonly get: number }> {
  const client = new S3Client({
    endpoint: server.endpoint, forcePathStyle: true, region: 'us-east-1', requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
  });
  const body = Buffer.alloc(bytes, 7);
  const all = (work: (key: string) => Promise<unknown>) => timed(async () => {
    let next = 0;
    const lane = async (): Promise<void> => { while (next < count) await work(`bare/${next++}`); };
    await Promise.all(Array.from({ length: 16 }, lane));
  });
  const put = await all((Key) => client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: body })));
  const get = await all(async (Key) => (await client.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToByteArray());
  client.destroy();
  return { put: put.seconds, get: get.seconds };
}

/** The Python tool's own push or pull of the remote "origin", without Python's start; undefined without its source. */
export async function python(action: 'push' | 'pull', root: string, environment: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  if (coralWithRemotes === undefined) return undefined;
  const script = [
    'import sys, time', 'from coral.version_control.repository import Repository',
    'repository = Repository(sys.argv[1])', 'began = time.perf_counter()', `repository.${action}("origin")`, 'print(time.perf_counter() - began)',
  ].join('\n');
  const output = execFileSync(coralWithRemotes.python, ['-c', script, root], {
    encoding: 'utf8', env: { ...process.env, ...coralWithRemotes.env, ...environment },
  });
  return Number(output.trim().split('\n').at(-1));
}

