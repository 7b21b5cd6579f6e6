import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { CoralError } from '../../src/core/base/errors';
import type { ObjectAccess } from '../../src/core/storage/objects/objectAccess';
import { connect } from '../../src/core/storage/objects/connect';
import type { ObjectStore } from '../../src/core/storage/objects/objectStore';
import { ObjectWeightStore } from '../../src/core/storage/objects/weights/objectWeightStore';
import { type Fault, type FaultProxy, startFaultProxy } from '../servers/faultProxy';
import { freePort } from '../servers/freePort';
import { withEnvironment } from '../samples/environment';
import { type Gap, startS3, type TestS3 } from '../servers/s3';
import { bytesOf, random, reason } from './weightStore.conformance';

/** Waits that do not slow the tests down; the number of tries stays as it is. */
const quick = { firstWait: 1, maxWait: 4 };
const mebibyte = 1024 * 1024;

describe('S3 over a network with faults', function () {
  this.timeout(60_000);
  let server: TestS3;
  let proxy: FaultProxy;
  let bucket: string;
  let store: ObjectStore;

  before(async function () {
    const started = await startS3();
    if (!started) {
      console.log('    skipped: no S3 server (MinIO, Ceph or s3rver)');
      this.skip();
    }
    server = started;
    bucket = await server.newBucket();
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(server.endpoint);
    store = await open();
  });
  afterEach(async () => {
    store.close();
    await proxy.close();
  });

  const needs = (test: Mocha.Context, what: Gap): void => {
    if (!server.gaps.has(what)) return;
    console.log(`      skipped: this server is known to get ${what} wrong`);
    test.skip();
  };
  const open = (access: ObjectAccess = {}, endpointUrl = proxy.endpoint): Promise<ObjectStore> =>
    connect({ backend: 's3', bucket, endpointUrl }, { credentials: { ...server }, retry: quick, stallMs: 5000, ...access });
  /** The fault for the first so many requests that match. */
  const failing = (times: number, fault: Fault, matching: (method: string, path: string) => boolean = () => true): void => {
    let left = times;
    proxy.fault = ({ method, path: asked }) => (matching(method, asked) && left-- > 0 ? fault : undefined);
  };
  const answer = (status: number, code: string, headers: Record<string, string> = {}): Fault =>
    ({ kind: 'answer', status, headers, body: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>` });

  const passing: [string, Fault][] = [
    ['a reset', { kind: 'reset' }], ['a lost answer', { kind: 'lose-answer' }], ['no answer', { kind: 'stall', afterBytes: -1 }],
    ['503 SlowDown', answer(503, 'SlowDown')], ['429', answer(429, 'TooManyRequests')], ['500', answer(500, 'InternalError')], ['502 without a body', { kind: 'answer', status: 502 }],
  ];
  for (const [what, fault] of passing) {
    it(`gets over ${what}`, async () => {
      if (fault.kind === 'stall') store = await open({ stallMs: 500 });
      const bytes = randomBytes(3000);
      failing(2, fault);
      await store.put('key', bytes);
      failing(2, fault);
      assert.equal((await store.head('key'))?.size, 3000);
      failing(2, fault);
      assert.deepEqual(await read(store, 'key'), bytes);
      failing(2, fault);
      assert.ok((await keys(store)).includes('key'));
      failing(2, fault);
      await store.delete(['key']);
      assert.ok(fault.kind === 'stall' ? proxy.log.length >= 15 : proxy.log.length === 15, String(proxy.log.length));
    });
  }

  it('gives up after eight tries, and says where', async () => {
    failing(100, answer(503, 'SlowDown'));
    await assert.rejects(store.head('key'), (error) => reason('network')(error) && /127\.0\.0\.1/.test((error as Error).message));
    assert.equal(proxy.log.length, 8);
  });

  it('waits as long as Retry-After says, and not for an hour', async () => {
    failing(1, answer(503, 'SlowDown', { 'retry-after': '1' }));
    const start = performance.now();
    await store.put('waited', Buffer.of(1));
    assert.ok(performance.now() - start >= 990);
    failing(1, answer(503, 'SlowDown', { 'retry-after': '3600' }));
    await assert.rejects(store.put('waited', Buffer.of(1)), reason('network'));
  });

  it('goes on with a body where it broke off', async () => {
    const bytes = randomBytes(3 * mebibyte);
    await store.put('long', bytes);
    store = await open({ stallMs: 800 });
    for (const fault of [{ kind: 'truncate', afterBytes: mebibyte }, { kind: 'stall', afterBytes: mebibyte }] as const) {
      proxy.log.length = 0;
      failing(1, fault, (method) => method === 'GET');
      assert.deepEqual(await read(store, 'long'), bytes);
      assert.deepEqual(proxy.log.map(({ headers }) => headers.range), [undefined, `bytes=${mebibyte}-${bytes.length - 1}`]);
      failing(1, { kind: fault.kind, afterBytes: 1000 }, (method) => method === 'GET');
      const got = await store.get('long', { start: 500, end: 2 * mebibyte });
      assert.deepEqual(await concatenated(got!.body), bytes.subarray(500, 2 * mebibyte));
    }
  });

  it('does not join two versions of an object', async () => {
    await store.put('replaced', randomBytes(3 * mebibyte));
    failing(1, { kind: 'truncate', afterBytes: mebibyte }, (method) => method === 'GET');
    const got = await store.get('replaced');
    await store.put('replaced', randomBytes(3 * mebibyte));
    await assert.rejects(concatenated(got!.body), reason('conflict'));
  });

  it('sends a conditional put once only', async () => {
    failing(1, answer(500, 'UnknownError'));
    await assert.rejects(store.put('conditional', Buffer.of(1), { ifAbsent: true }), reason('network'));
    assert.equal(proxy.log.length, 1);
  });

  it('completes an upload whose parts and completion lost their answers', async function () {
    needs(this, 'upload-ends');
    const weights = new ObjectWeightStore(store, 'lost/');
    const weight = await random('w', 'uint8', [20 * mebibyte]);
    let parts = 0;
    let completions = 0;
    proxy.fault = ({ method, path: asked }) => {
      const lose = (method === 'PUT' && asked.includes('partNumber=2') && parts++ === 0) || (method === 'POST' && asked.includes('uploadId=') && completions++ === 0);
      return lose ? { kind: 'lose-answer' } : undefined;
    };
    await weights.write(weight);
    assert.deepEqual([parts, completions], [2, 2]);
    assert.deepEqual(await bytesOf((await weights.read(weight.metadata.hash))!), await bytesOf(weight));
  });

  it('leaves no part behind when an upload fails or is cancelled', async function () {
    needs(this, 'upload-ends');
    const weights = new ObjectWeightStore(store, 'parts/');
    const weight = await random('w', 'uint8', [40 * mebibyte]);
    failing(100, answer(403, 'AccessDenied'), (method, asked) => method === 'PUT' && asked.includes('partNumber=3'));
    await assert.rejects(weights.write(weight), reason('denied', weight.metadata.hash));
    const stop = new AbortController();
    proxy.fault = ({ path: asked }) => {
      if (asked.includes('partNumber=4')) setTimeout(() => stop.abort(), 5);
      return undefined;
    };
    const start = performance.now();
    await assert.rejects(weights.write(weight, { signal: stop.signal }), reason('cancelled'));
    assert.ok(performance.now() - start < 5000);
    const client = new S3Client({ endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { ...server } });
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'parts/' }));
    client.destroy();
    assert.deepEqual(Uploads, []);
    assert.deepEqual(await weights.list(), []);
  });

  it('goes on with an upload that a killed process has left, and takes only the parts that are right', async function () {
    needs(this, 'upload-ends');
    const weight = await random('w', 'uint8', [34 * mebibyte]);
    const key = `resumed/weights/${weight.metadata.hash}.npz`;
    for (const [what, damaged, sent] of [['all right', false, [3, 4, 5]], ['one wrong', true, [1, 3, 4, 5]]] as const) {
      await store.delete([key]);
      // As a process that is killed leaves it: two parts are there, and no end.
      const asked = new Set<string>();
      proxy.fault = ({ path: part }) => {
        if (!/partNumber=[3-5]/.test(part)) return undefined;
        const isFirst = !asked.has(part);
        asked.add(part);
        return isFirst ? answer(503, 'SlowDown', { 'retry-after': '2' }) : answer(403, 'AccessDenied');
      };
      const dying = withoutAbort(store);
      await assert.rejects(new ObjectWeightStore(dying, 'resumed/').write(weight));
      if (damaged) {
        const again = await dying.upload(key);
        await again.part(1, randomBytes(8 * mebibyte));
      }
      proxy.log.length = 0;
      proxy.fault = () => undefined;
      await new ObjectWeightStore(store, 'resumed/').write(weight);
      const parts = proxy.log.flatMap(({ method, path: part }) => (method === 'PUT' ? [Number(/partNumber=(\d+)/.exec(part)?.[1] ?? 0)] : [])).filter((part) => part > 0);
      assert.deepEqual(parts.sort(), sent, what);
      assert.deepEqual(await bytesOf((await new ObjectWeightStore(store, 'resumed/').read(weight.metadata.hash))!), await bytesOf(weight));
    }
  });

  it('sends anew what it went on with, when someone else ends that upload', async function () {
    needs(this, 'upload-ends');
    const weight = await random('w', 'uint8', [20 * mebibyte]);
    const key = `shared/weights/${weight.metadata.hash}.npz`;
    const other = await store.upload(key, { metadata: { compression: 'none' } });
    let ended = false;
    proxy.fault = ({ path: asked }) => {
      if (asked.includes('partNumber=2') && !ended) {
        ended = true;
        void other.abort();
        return { kind: 'answer', status: 404, body: '<?xml version="1.0"?><Error><Code>NoSuchUpload</Code></Error>' };
      }
      return undefined;
    };
    const weights = new ObjectWeightStore(store, 'shared/');
    await weights.write(weight);
    assert.ok(ended);
    assert.deepEqual(await bytesOf((await weights.read(weight.metadata.hash))!), await bytesOf(weight));
  });

  it('has old uploads forgotten, and leaves young ones', async function () {
    needs(this, 'upload-ends');
    const begun = await store.upload('stale/weights/x.npz');
    await begun.part(1, randomBytes(5 * mebibyte));
    const held = async (): Promise<number> => {
      const client = new S3Client({ endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { ...server } });
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'stale/' }));
      client.destroy();
      return Uploads.length;
    };
    await store.forgetUploads('stale/weights/', Date.now() - 3_600_000);
    assert.equal(await held(), 1);
    await store.forgetUploads('stale/weights/', Date.now() + 3_600_000);
    assert.equal(await held(), 0);
  });

  it('cancels at once while it waits to try again', async () => {
    const slow = await open({ retry: { firstWait: 60_000, maxWait: 60_000 } });
    failing(100, { kind: 'reset' });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const start = performance.now();
    await assert.rejects(slow.head('key', stop.signal), reason('cancelled'));
    assert.ok(performance.now() - start < 1000);
    slow.close();
  });

  it('has no more requests under way than it may', async () => {
    const narrow = await open({ concurrency: 3 });
    await Promise.all(Array.from({ length: 30 }, (_, index) => narrow.put(`narrow/${index}`, randomBytes(20_000))));
    await Promise.all(Array.from({ length: 30 }, async (_, index) => read(narrow, `narrow/${index}`)));
    assert.equal(proxy.maxConcurrency, 3);
    narrow.close();
  });

  it('only reads while reading', async () => {
    const weights = new ObjectWeightStore(store, 'reading/');
    const weight = await random('w', 'float32', [10]);
    await weights.write(weight);
    proxy.log.length = 0;
    const [hash = ''] = await weights.list();
    await weights.metadata(hash);
    await bytesOf((await weights.read(hash))!);
    await weights.info();
    await weights.has('0123456789abcdef');
    await new ObjectWeightStore(store, 'nowhere/').list();
    assert.ok(proxy.log.length >= 6);
    assert.deepEqual([...new Set(proxy.log.map(({ method }) => method))].sort(), ['GET', 'HEAD']);
  });

  it('takes a list, and two requests a small weight, to read one', async () => {
    const weights = new ObjectWeightStore(store, 'counted/');
    const weight = await random('w', 'float32', [1000]);
    await weights.write(weight);
    assert.equal(proxy.log.length, 2);
    const [hash = ''] = await weights.list();
    assert.deepEqual(await bytesOf((await weights.read(hash))!), await bytesOf(weight));
    assert.equal(proxy.log.length, 5);
  });

  it('refuses a weight that was changed on its way, naming it and where it lies', async () => {
    const weights = new ObjectWeightStore(store, 'flipped/', { name: 'origin' });
    for (const length of [1000, 3 * mebibyte]) {
      const weight = await random('encoder.bias', 'uint8', [length]);
      await weights.write(weight);
      failing(1, { kind: 'flip', atByte: 900 }, (method, asked) => method === 'GET' && asked.includes('.npz'));
      const found = await weights.read(weight.metadata.hash);
      await assert.rejects(bytesOf(found!), (error) => {
        reason('corrupt', weight.metadata.hash)(error);
        const { message, remote } = error as CoralError;
        assert.equal(remote, 'origin');
        assert.match(message, /encoder\.bias/);
        assert.ok(message.includes(store.location), message);
        return true;
      });
    }
  });

  const refusals: [number, string, string, RegExp][] = [
    [403, 'InvalidAccessKeyId', 'auth', /credentials/], [403, 'SignatureDoesNotMatch', 'auth', /credentials/], [400, 'ExpiredToken', 'auth', /expired/],
    [403, 'RequestTimeTooSkewed', 'auth', /clock/], [403, 'AccessDenied', 'denied', /permission/], [404, 'NoSuchBucket', 'missing', /does not exist/],
    [507, 'XMinioStorageFull', 'full', /full/], [403, 'QuotaExceeded', 'full', /quota/], [501, 'NotImplemented', 'unsupported', /support/],
    [301, 'PermanentRedirect', 'invalid', /region/], [409, 'OperationAborted', 'conflict', /same time/],
  ];
  for (const [status, code, expected, words] of refusals) {
    it(`says "${expected}" to ${status} ${code}, at the first try`, async () => {
      failing(100, answer(status, code));
      await assert.rejects(store.put('key', Buffer.of(1)), (error) => {
        reason(expected)(error);
        assert.match((error as Error).message, words);
        assert.ok((error as Error).message.includes(expected === 'missing' ? bucket : '127.0.0.1'), (error as Error).message);
        return true;
      });
      assert.equal(proxy.log.length, 1);
    });
  }

  it('says "auth" for wrong keys, also where the answer has no body, and never shows them', async function () {
    needs(this, 'auth');
    for (const credentials of [{ accessKeyId: server.accessKeyId, secretAccessKey: 'wrong-canary' }, { accessKeyId: 'AKIACANARY', secretAccessKey: 'wrong-canary', sessionToken: 'canary-token' }]) {
      const wrong = await open({ credentials });
      const calls = [() => wrong.head('x'), () => wrong.get('x'), () => wrong.put('x', Buffer.of(1)), () => keys(wrong), () => wrong.bucketExists()];
      for (const call of calls) {
        await assert.rejects(call(), (error) => {
          reason('auth')(error);
          const { message, stack, cause } = error as CoralError;
          const shown = [message, stack, String(cause), JSON.stringify(error), JSON.stringify(cause)].join();
          assert.doesNotMatch(shown, /canary|CEPHKEY|Signature=|AWS4-HMAC/i);
          return true;
        });
      }
      wrong.close();
    }
  });

  it('says "network" where nobody listens or the name is unknown', async () => {
    const silent = `http://127.0.0.1:${await freePort()}`;
    const refused = await open({}, silent);
    await assert.rejects(refused.head('x'), (error) => reason('network')(error) && (error as Error).message.includes(`${silent} (connection refused)`));
    const unknown = await open({}, 'http://s3.invalid');
    await assert.rejects(unknown.head('x'), (error) => reason('network')(error) && (error as Error).message.includes('http://s3.invalid ('));
    refused.close();
    unknown.close();
  });

  it('says so within two seconds, with its usual patience', async () => {
    const silent = await connect({ backend: 's3', bucket, endpointUrl: `http://127.0.0.1:${await freePort()}` }, { credentials: { ...server } });
    const start = performance.now();
    await assert.rejects(silent.head('x'), reason('network'));
    assert.ok(performance.now() - start < 2000);
    silent.close();
  });

  it('asks nobody for credentials on behalf of another server, and says where to set them', async () => {
    const asked: string[] = [];
    const metadata = createHttpServer(({ url = '' }, response) => { asked.push(url); response.writeHead(404).end(); });
    await new Promise<void>((resolve) => { metadata.listen(0, '127.0.0.1', resolve); });
    const address = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_PROFILE: undefined, AWS_EC2_METADATA_DISABLED: undefined,
      AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent', AWS_EC2_METADATA_SERVICE_ENDPOINT: address };
    await withEnvironment(none, async () => {
      const store = await connect({ backend: 's3', bucket, endpointUrl: proxy.endpoint });
      await assert.rejects(store.head('x'), (error) => reason('auth')(error) && /MINIO_ACCESS_KEY/.test((error as Error).message));
      store.close();
      assert.deepEqual(asked, []);
      const aws = await connect({ backend: 's3', bucket });
      await assert.rejects(aws.head('x'), (error) => reason('auth')(error) && /AWS_ACCESS_KEY_ID/.test((error as Error).message));
      aws.close();
      assert.notDeepEqual(asked, []);
    });
    metadata.close();
    assert.equal(proxy.log.length, 0);
  });

  it('finds keys in the environment', async () => {
    const keys = { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey, AWS_PROFILE: undefined };
    await withEnvironment(keys, async () => {
      const store = await connect({ backend: 's3', bucket, endpointUrl: server.endpoint });
      assert.equal(await store.bucketExists(), true);
      store.close();
    });
  });

  it('says so when what answers is no S3 server', async () => {
    failing(100, { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>Log in</body></html>' });
    const calls = [() => keys(store), () => store.bucketExists(), () => store.put('x', Buffer.of(1)), () => store.head('x'), () => store.upload('x')];
    for (const call of calls) await assert.rejects(call(), reason('invalid'), call.toString());
  });

  it('goes through a proxy, except for hosts without one', async () => {
    const { port } = new URL(server.endpoint);
    const named = `http://s3.test:${port}`;
    const through = await open({ network: { proxy: proxy.endpoint } }, named);
    await through.put('proxied', Buffer.of(7));
    assert.deepEqual(await read(through, 'proxied'), Buffer.of(7));
    assert.ok(proxy.log.every(({ path: asked }) => asked.startsWith(named)));
    assert.equal(proxy.log.length, 2);
    const around = await open({ network: { proxy: proxy.endpoint, noProxy: ['.test'] } }, named);
    await assert.rejects(around.head('x'), reason('network'));
    assert.equal(proxy.log.length, 2);
    through.close();
    around.close();
  });

  describe('and TLS', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'coral-tls-'));
    after(() => rmSync(folder, { recursive: true }));

    it('refuses a certificate it does not trust, at the first try, and takes one it is told to', async function () {
      const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
      try {
        execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
          '-keyout', key, '-out', cert], { stdio: 'ignore' });
      } catch {
        console.log('      skipped: no openssl');
        this.skip();
      }
      let requests = 0;
      const secure = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
        requests += 1;
        response.writeHead(200, { etag: '"x"', 'content-length': '5' }).end();
      });
      await new Promise<void>((resolve) => { secure.listen(0, '127.0.0.1', resolve); });
      const endpoint = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
      const strict = await open({}, endpoint);
      await assert.rejects(strict.head('x'), (error) => reason('network')(error) && /certificate/.test((error as Error).message));
      assert.equal(requests, 0);
      for (const network of [{ ca: [readFileSync(cert, 'utf8')] }, { strictSSL: false }]) {
        const trusting = await open({ network }, endpoint);
        assert.equal((await trusting.head('x'))?.size, 5);
        trusting.close();
      }
      strict.close();
      secure.closeAllConnections();
      secure.close();
    });
  });
});

/** Its uploads are never given up properly, as when the process is killed. */
function withoutAbort(store: ObjectStore): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => (name !== 'upload' ? Reflect.get(target, name) as unknown : async (...given: Parameters<ObjectStore['upload']>) => {
      const upload = await target.upload(...given);
      return { ...upload, holds: upload.holds.bind(upload), part: upload.part.bind(upload), complete: upload.complete.bind(upload), abort: () => Promise.resolve() };
    }),
  });
}

export async function read(store: ObjectStore, key: string): Promise<Buffer> {
  return concatenated((await store.get(key))!.body);
}

export async function concatenated(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of body) blocks.push(block);
  return Buffer.concat(blocks);
}

export async function keys(store: ObjectStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list('')) found.push(key);
  return found;
}
