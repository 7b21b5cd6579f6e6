import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './freePort';

/** What a stand-in for S3 gets wrong: a test of that skips itself and says so. */
export type Gap = 'auth' | 'conditions' | 'long-listings' | 'key-order' | 'dots-in-keys' | 'upload-ends' | 'first-byte';

export interface TestS3 {
  readonly name: string;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly gaps: ReadonlySet<Gap>;
  /** A user who owns nothing, and its name in bucket policies. */
  readonly guest?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly arn: string } | undefined;
  /** Makes an empty bucket of its own and returns its name. */
  newBucket(): Promise<string>;
  stop(): Promise<void>;
}

interface Server extends Omit<TestS3, 'newBucket' | 'stop'> { readonly process?: ChildProcess | undefined; readonly folder?: string | undefined }

const folder = path.resolve('test/servers');
let shared: Promise<TestS3 | undefined> | undefined;

/**
 * The S3 server of this test run, started at the first call: the one named by CORAL_TEST_S3_ENDPOINT, else MinIO, else Ceph,
 * else s3rver, installed from npm. undefined when none can be had. It ends with this process.
 */
export function startS3(): Promise<TestS3 | undefined> {
  return shared ??= start();
}

async function start(): Promise<TestS3 | undefined> {
  const server = given() ?? await minio() ?? await ceph() ?? await s3rver();
  if (!server) return undefined;
  const end = (): void => {
    server.process?.kill('SIGTERM');
    if (server.folder && server.process) rmSync(server.folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', end);
  return { ...server, newBucket: () => newBucket(server), stop: () => stop(server, end) };
}

async function stop(server: Server, end: () => void): Promise<void> {
  process.off('exit', end);
  shared = undefined;
  const isOver = server.process === undefined || server.process.exitCode !== null || server.process.signalCode !== null;
  const ended = isOver ? undefined : new Promise((resolve) => server.process?.once('exit', resolve));
  server.process?.ref(); // else nothing would keep this process alive until the server has ended
  end();
  await ended;
}

function given(): Server | undefined {
  const { CORAL_TEST_S3_ENDPOINT: endpoint, CORAL_TEST_S3_ACCESS_KEY: accessKeyId = '', CORAL_TEST_S3_SECRET_KEY: secretAccessKey = '' } = process.env;
  return endpoint ? { name: endpoint, endpoint, accessKeyId, secretAccessKey, gaps: new Set() } : undefined;
}

async function minio(): Promise<Server | undefined> {
  const program = onPath('minio');
  if (!program) return undefined;
  const port = await freePort(1);
  const data = newFolder();
  const keys = { accessKeyId: 'coraltest', secretAccessKey: 'coraltestsecret' };
  const child = run(program, ['server', '--quiet', '--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${port + 1}`, data], {
    MINIO_ROOT_USER: keys.accessKeyId, MINIO_ROOT_PASSWORD: keys.secretAccessKey,
  });
  return ready({ name: 'MinIO', endpoint: `http://127.0.0.1:${port}`, ...keys, gaps: new Set(), process: child, folder: data });
}

async function ceph(): Promise<Server | undefined> {
  if (!onPath('radosgw') || !onPath('ceph-mon') || !onPath('ceph-osd')) return undefined;
  // Another test run may take one of the ports before Ceph does.
  for (let tries = 1; ; tries += 1) {
    try {
      return await startCeph();
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

async function startCeph(): Promise<Server> {
  const monitor = await freePort(101);
  const port = await freePort();
  const child = run(path.join(folder, 'ceph-rgw.sh'), [newFolder(), String(monitor), String(port), String(process.pid)]);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`Ceph did not start (exit ${code}).`)));
  });
  unlink(child);
  return {
    name: 'Ceph', endpoint: `http://127.0.0.1:${port}`, accessKeyId: 'CEPHKEY', secretAccessKey: 'cephsecret123', gaps: new Set(), process: child,
    guest: { accessKeyId: 'GUESTKEY', secretAccessKey: 'guestsecret123', arn: 'arn:aws:iam:::user/guest' },
  };
}

async function s3rver(): Promise<Server | undefined> {
  const program = path.join(folder, 'node_modules/s3rver/bin/s3rver.js');
  if (!existsSync(program)) {
    try {
      execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'ignore', timeout: 180_000 });
    } catch {
      return undefined;
    }
  }
  const port = await freePort();
  const data = newFolder();
  const child = run(process.execPath, [program, '--directory', data, '--address', '127.0.0.1', '--port', String(port), '--no-vhost-buckets', '--silent']);
  return ready({
    name: 's3rver', endpoint: `http://127.0.0.1:${port}`, accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER',
    gaps: new Set<Gap>(['auth', 'conditions', 'long-listings', 'key-order', 'dots-in-keys', 'upload-ends', 'first-byte']), process: child, folder: data,
  });
}

/** Any answer to HTTP will do, as long as the process is ours and alive. */
async function ready(server: Server): Promise<Server> {
  for (let tries = 0; tries < 120; tries += 1) {
    if (typeof server.process?.exitCode === 'number') throw new Error(`${server.name} ended while starting.`);
    try {
      await (await fetch(server.endpoint)).arrayBuffer();
      if (server.process) unlink(server.process);
      return server;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  throw new Error(`${server.name} did not answer within 30 s.`);
}

function run(program: string, args: string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...environment } });
}

/** The server must not keep the test run alive. */
function unlink(child: ChildProcess): void {
  child.stdout?.destroy();
  child.unref();
}

function onPath(program: string): string | undefined {
  return (process.env['PATH'] ?? '').split(path.delimiter).map((place) => path.join(place, program)).find(existsSync);
}

function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'coral-s3-'));
}

let buckets = 0;

async function newBucket({ endpoint, accessKeyId, secretAccessKey }: Server): Promise<string> {
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  const name = `coral-test-${process.pid}-${Date.now().toString(36)}-${buckets += 1}`;
  await client.send(new CreateBucketCommand({ Bucket: name }));
  client.destroy();
  return name;
}
