import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { findCredentials } from '../../../src/core/remotes/findCredentials';
import type { CredentialsChoice, Environment } from '../../../src/core/storage/credentials';
import { RemoteConfig, type RemoteFields } from '../../../src/core/remotes/remoteConfig';

const minio = { MINIO_ACCESS_KEY: 'minio-id', MINIO_SECRET_KEY: 'minio-secret' };
const aws = { AWS_ACCESS_KEY_ID: 'aws-id', AWS_SECRET_ACCESS_KEY: 'aws-secret' };
const given = { accessKeyId: 'given-id', secretAccessKey: 'given-secret' };

function find(fields: Partial<RemoteFields>, environment: Environment, credentials?: CredentialsChoice): [id: string | undefined, source: string] {
  const found = findCredentials(new RemoteConfig({ name: 'o', url: 's3://b', ...fields }), credentials, environment);
  assert.doesNotMatch(found.source, /secret$|-id/);
  return [found.credentials && 'accessKeyId' in found.credentials ? found.credentials.accessKeyId : undefined, found.source];
}

describe('findCredentials', () => {
  const endpointUrl = 'http://localhost:9000';
  const keys = { accessKey: 'own-id', secretKey: 'own-secret' };

  it('takes a profile that was chosen, or none at all, before all else', () => {
    assert.deepEqual(find(keys, { ...minio, ...aws }, { profile: 'dev' }), [undefined, 'profile "dev"']);
    assert.deepEqual(find(keys, { ...minio, ...aws }, { anonymous: true }), [undefined, 'none: requests are not signed']);
  });

  it('takes what the caller gives first', () => {
    assert.deepEqual(find({ endpointUrl, ...keys }, { ...minio, ...aws }, given), ['given-id', 'keys saved for this remote']);
  });

  it('then what the entry holds', () => {
    assert.deepEqual(find({ endpointUrl, ...keys }, { ...minio, ...aws }), ['own-id', 'access_key in remotes.json']);
  });

  it('then MINIO_*, for a remote with an endpoint only', () => {
    assert.deepEqual(find({ endpointUrl }, { ...minio, ...aws }), ['minio-id', 'MINIO_ACCESS_KEY in the environment']);
    assert.deepEqual(find({}, { ...minio, ...aws }), [undefined, 'AWS_ACCESS_KEY_ID in the environment']);
  });

  it('takes no half of a pair', () => {
    assert.deepEqual(find({ endpointUrl, accessKey: 'own-id' }, { MINIO_ACCESS_KEY: 'minio-id', ...aws }), [undefined, 'AWS_ACCESS_KEY_ID in the environment']);
  });

  it('leaves the rest to the SDK and says what it will find', () => {
    assert.deepEqual(find({}, { AWS_PROFILE: 'dev', ...aws }), [undefined, 'profile "dev"']);
    assert.match(find({}, {})[1], /^profile "default"/);
  });

  it('needs none for a folder', () => {
    assert.deepEqual(find({ url: 'file:///x', backend: 'file' }, { ...minio, ...aws }, given), [undefined, 'none needed']);
  });
});
