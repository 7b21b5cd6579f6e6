import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../../src/core/storage/credentials';
import { startS3 } from '../servers/s3';

/** A place that a test may push to: nothing is there yet. */
export interface FreshRemote {
  readonly url: string;
  readonly options: { readonly credentials?: Credentials };
  /** what the Python tool needs in its environment to reach it */
  readonly environment: Readonly<Record<string, string>>;
}

export async function freshFileRemote(): Promise<FreshRemote> {
  return { url: `file://${join(await mkdtemp(join(tmpdir(), 'coral-remote-')), 'weights')}`, options: {}, environment: {} };
}

/** undefined where no S3 server can be started. */
export async function freshS3Remote(prefix = 'models/'): Promise<FreshRemote | undefined> {
  const server = await startS3();
  if (server === undefined) return undefined;
  const { accessKeyId, secretAccessKey } = server;
  return {
    url: `minio://${new URL(server.endpoint).host}/${await server.newBucket()}/${prefix}`,
    options: { credentials: { accessKeyId, secretAccessKey } },
    environment: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_DEFAULT_REGION: 'us-east-1' },
  };
}
