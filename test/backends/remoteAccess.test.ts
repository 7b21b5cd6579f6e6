import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testAccess } from '../../src/core/sync/testAccess';
import { bucketPolicy } from '../../src/core/remotes/bucketPolicy';
import type { S3Policy } from '../../src/core/storage/objects/s3/s3Policy';
import type { CredentialsChoice } from '../../src/core/storage/credentials';
import { Remote } from '../../src/core/sync/remote';
import { RemoteConfig } from '../../src/core/remotes/remoteConfig';
import { HDF5Store } from '../../src/core/storage/hdf5/hdf5Store';
import { startS3, type TestS3 } from '../servers/s3';

describe('what may be done with a bucket of a real server', () => {
  it('all for its owner; nothing is left there', async function () {
    const server = await realServer(this);
    const config = await configOn(server);
    assert.deepEqual(await testAccess(config, { credentials: server }), { exists: true, canRead: true, canWrite: true, weights: 0 });
    await using remote = await Remote.fromConfig(config, { credentials: server });
    await push(remote);
    const { weights } = await testAccess(config, { credentials: server });
    assert.equal(weights, 4);
    assert.deepEqual(await keysIn(server, config), await keysIn(server, config, 'models/weights/', 'models/metadata/'));
  });

  it('a bucket that is not there is not made', async function () {
    const server = await realServer(this);
    const config = await configOn(server, `missing-${Date.now()}`);
    for (let time = 0; time < 2; time += 1) {
      const { exists, canRead, canWrite, error } = await testAccess(config, { credentials: server });
      assert.deepEqual([exists, canRead, canWrite, error?.reason], [false, false, false, 'missing']);
    }
  });

  it('nothing with a wrong key', async function () {
    const server = await realServer(this);
    const { canRead, error } = await testAccess(await configOn(server), { credentials: { ...server, secretAccessKey: 'wrong' } });
    assert.deepEqual([canRead, error?.reason], [false, 'auth']);
  });

  it('reading, for everybody, where a policy says so: without any keys', async function () {
    const server = await realServer(this);
    const config = await configOn(server);
    const everybody: CredentialsChoice = { anonymous: true };
    assert.equal((await testAccess(config, { credentials: everybody })).error?.reason, 'denied');
    const { Version, Statement: [list, objects] } = bucketPolicy(config) as S3Policy;
    const readOnly = { ...objects!, Action: ['s3:GetObject'] };
    await setPolicy(server, config, { Version, Statement: [list, readOnly].map((statement) => ({ ...statement, Principal: '*' })) });
    const { exists, canRead, canWrite, error } = await testAccess(config, { credentials: everybody });
    assert.deepEqual([exists, canRead, canWrite, error?.reason], [true, true, false, 'denied']);
    assert.match(error!.message, /^You may read s3:\/\/.* but not write to it/);
  });

  it('all that Coral does, with the rights of its policy and no more', async function () {
    const server = await realServer(this);
    const { guest } = server;
    if (!guest) return skipped(this, `${server.name} has no second user`);
    const config = await configOn(server);
    assert.equal((await testAccess(config, { credentials: guest })).error?.reason, 'denied');
    const { Version, Statement } = bucketPolicy(config) as S3Policy;
    await setPolicy(server, config, { Version, Statement: Statement.map((statement) => ({ ...statement, Principal: { AWS: [guest.arn] } })) });
    const seen = await testAccess(config, { credentials: guest });
    assert.deepEqual({ ...seen, error: seen.error?.message }, { exists: true, canRead: true, canWrite: true, weights: 0, error: undefined });
    await using remote = await Remote.fromConfig(config, { credentials: guest });
    await push(remote);
    await remote.pushRefs({ main: '0123456789abcdef0123456789abcdef' });
    assert.deepEqual(await remote.fetchRefs(), { main: '0123456789abcdef0123456789abcdef' });
    const beside = await testAccess(RemoteConfig.fromUrl('beside', config.url.replace('models/', 'others/'), { endpointUrl: server.endpoint }), { credentials: guest });
    assert.deepEqual([beside.canRead, beside.canWrite], [true, false]);
  });

  it('the keys of a profile in the AWS configuration files', async function () {
    const server = await realServer(this);
    const folder = await mkdtemp(join(tmpdir(), 'coral-aws-'));
    const before = process.env['AWS_SHARED_CREDENTIALS_FILE'];
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'credentials');
    try {
      await writeFile(join(folder, 'credentials'), `[coral-test]\naws_access_key_id = ${server.accessKeyId}\naws_secret_access_key = ${server.secretAccessKey}\n`);
      const config = await configOn(server);
      assert.equal((await testAccess(config, { credentials: { profile: 'coral-test' } })).canWrite, true);
      const { canRead, error } = await testAccess(config, { credentials: { profile: 'nobody' } });
      assert.deepEqual([canRead, error?.reason], [false, 'auth']);
    } finally {
      if (before === undefined) delete process.env['AWS_SHARED_CREDENTIALS_FILE'];
      else process.env['AWS_SHARED_CREDENTIALS_FILE'] = before;
      await rm(folder, { recursive: true });
    }
  });
});

async function realServer(context: Mocha.Context): Promise<TestS3> {
  const server = await startS3();
  if (!server) return skipped(context, 'no S3 server');
  if (server.gaps.has('auth')) return skipped(context, `${server.name} checks no keys`);
  return server;
}

function skipped(context: Mocha.Context, why: string): never {
  context.test!.title += ` (skipped: ${why})`;
  return context.skip();
}

async function configOn(server: TestS3, bucket?: string): Promise<RemoteConfig> {
  return RemoteConfig.fromUrl('origin', `s3://${bucket ?? await server.newBucket()}/models/`, { endpointUrl: server.endpoint });
}

async function push(remote: Remote): Promise<void> {
  const local = await HDF5Store.open('test/fixtures/basic/repo/.coral/objects/weights.h5');
  try {
    const { errors, pushedWeights } = await remote.push(local);
    assert.deepEqual([errors, pushedWeights], [[], 4]);
  } finally {
    await local.close();
  }
}

function client(server: TestS3): S3Client {
  return new S3Client({ endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: server });
}

async function setPolicy(server: TestS3, { url }: RemoteConfig, policy: object): Promise<void> {
  const s3 = client(server);
  await s3.send(new PutBucketPolicyCommand({ Bucket: url.split('/')[2]!, Policy: JSON.stringify(policy) }));
  s3.destroy();
}

/** The keys in the bucket, or those of them that begin with one of `prefixes`. */
async function keysIn(server: TestS3, { url }: RemoteConfig, ...prefixes: string[]): Promise<string[]> {
  const { connect } = await import('../../src/core/storage/objects/connect');
  const objects = await connect({ backend: 's3', bucket: url.split('/')[2]!, endpointUrl: server.endpoint }, { credentials: server });
  const keys: string[] = [];
  for await (const { key } of objects.list('')) keys.push(key);
  objects.close();
  return prefixes.length === 0 ? keys : keys.filter((key) => prefixes.some((prefix) => key.startsWith(prefix)));
}
