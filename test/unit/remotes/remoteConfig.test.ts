import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { CoralError } from '../../../src/core/base/errors';
import { RemoteConfig } from '../../../src/core/remotes/remoteConfig';

const fromUrl = (url: string): RemoteConfig => RemoteConfig.fromUrl('origin', url);

describe('RemoteConfig', () => {
  it('keeps the text of a URL', () => {
    for (const url of ['s3://b', 's3://b/', 's3://b/a b/ü', 's3://b/models', 'file:///mnt/a%20b/?x#y', 'gcs://b/p', 'azure://c/p']) {
      assert.equal(fromUrl(url).url, url);
    }
  });

  it('turns minio:// into s3:// and an endpoint, always http', () => {
    const { url, backend, endpointUrl } = fromUrl('minio://10.0.0.7:9000/models/run 1/');
    assert.deepEqual({ url, backend, endpointUrl }, { url: 's3://models/run 1/', backend: 's3', endpointUrl: 'http://10.0.0.7:9000' });
    assert.equal(fromUrl('minio://host/b').url, 's3://b');
  });

  it('knows where the keys begin for each form of an S3 URL', () => {
    const prefixes = (url: string): unknown => { const at = fromUrl(url).location; return at.kind === 'bucket' ? at.prefixes : undefined; };
    assert.deepEqual(prefixes('s3://b'), ['coral/']);
    assert.deepEqual(prefixes('s3://b/'), ['', '/']);
    assert.deepEqual(prefixes('s3://b/models'), ['models/', 'models']);
    assert.deepEqual(prefixes('s3://b/models/'), ['models/']);
    assert.deepEqual(prefixes('s3://b/a/b'), ['a/b/', 'a/b']);
  });

  it('takes the text after file:// as the folder, as it stands', function () {
    if (process.platform === 'win32') return this.skip();
    assert.deepEqual(fromUrl('file:///mnt/a%20b?x#~').location, { kind: 'folder', folder: '/mnt/a%20b?x#~' });
  });

  for (const url of [
    's3://', 's3:///p', 's3://b\u0000/p', 's3://b/\nx', 's3://b/%0a', 's3://b/%0Dx', 's3://b?x/p', 's3://b:80/p', 's3://b%2fc/p', 's3://../x',
    's3://key:secret@bucket/p', 'minio://user:pass@host:9000/b', 'minio://host', 'minio:///b', 'minio://host:9000/', 'minio://host:x/b', 'minio://ho st/b',
    'file://', 'file://host/share', 'file://localhost/x', 'file://./x', 'file:///x\u0007', 'azure://', 'gcs:///x',
  ]) {
    it(`refuses ${JSON.stringify(url)}`, () => {
      assert.throws(() => fromUrl(url), (error: unknown) => {
        assert.ok(CoralError.is(error, 'invalid'), String(error));
        assert.doesNotMatch(error.message, /secret|pass/);
        assert.doesNotMatch(error.message, /[\u0000-\u001f]/);
        return true;
      });
    });
  }

  for (const url of ['http://example.com', 'https://user:secret@example.com/x', 'gs://b', 'az://c', 's3:/b', '/mnt/x', '', 'S3://b']) {
    it(`does not support ${JSON.stringify(url)}`, () => {
      assert.throws(() => fromUrl(url), (error: unknown) => CoralError.is(error, 'invalid') && !error.message.includes('secret'));
    });
  }

  it('says which URL it does not support', () => {
    assert.throws(() => fromUrl('http://example.com'), /Unsupported remote URL: http:\/\/example\.com/);
  });

  it('refuses names that leave their folder, and endpoints that are none', () => {
    assert.throws(() => RemoteConfig.fromUrl('../../evil', 's3://b'), (error: unknown) => CoralError.is(error, 'invalid'));
    for (const endpointUrl of ['localhost:9000', 'ftp://x', 'http://', 'http://key:secret@host']) {
      assert.throws(() => new RemoteConfig({ name: 'o', url: 's3://b', endpointUrl }).check(), (error: unknown) => CoralError.is(error, 'invalid'), endpointUrl);
    }
  });

  it('writes the documented keys and no secret', () => {
    const config = new RemoteConfig({ name: 'o', url: 's3://b/p', region: 'eu-west-1', endpointUrl: 'http://h:1', autoPull: true, accessKey: 'AKIA', secretKey: 'shh' });
    assert.equal(JSON.stringify(config), '{"name":"o","url":"s3://b/p","backend":"s3","region":"eu-west-1","endpoint_url":"http://h:1","auto_push":false,"auto_pull":true}');
    assert.deepEqual(RemoteConfig.fromJSON('o', config.toJSON()).toJSON(), config.toJSON());
  });

  it('tells what is wrong with an entry', () => {
    for (const [data, message] of [
      [[], /must be a JSON object/], [{}, /has no "url"/], [{ url: 7 }, /"url" .* must be a string/], [{ url: 's3://b', auto_push: 'yes' }, /"auto_push" .* boolean/],
      [{ url: 's3://b', endpoint_url: {} }, /"endpoint_url" .* string/],
    ] as const) {
      assert.throws(() => RemoteConfig.fromJSON('origin', data), (error: unknown) => CoralError.is(error, 'invalid') && message.test(error.message));
    }
  });

  it('goes by the scheme when the backend is not given, and names a backend that is none', () => {
    assert.equal(RemoteConfig.fromJSON('o', { url: 'file:///x' }).backend, 'file');
    assert.equal(RemoteConfig.fromJSON('o', { url: 's3://x' }).backend, 's3');
    assert.throws(() => new RemoteConfig({ name: 'o', url: 'foo://bar', backend: 'foo' }).location, (error: unknown) => CoralError.is(error, 'unsupported'));
    assert.throws(() => new RemoteConfig({ name: 'o', url: 'file:///x', backend: 's3' }).location, (error: unknown) => CoralError.is(error, 'invalid'));
  });
});
