import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { CoralError } from '../../src/core/base/errors';
import { connect } from '../../src/core/storage/objects/connect';
import type { ObjectStore } from '../../src/core/storage/objects/objectStore';
import { ObjectWeightStore } from '../../src/core/storage/objects/weights/objectWeightStore';
import { startS3 } from '../servers/s3';
import { bytesOf } from './weightStore.conformance';

interface FixtureWeight {
  readonly name: string; readonly hash: string; readonly dtype: string; readonly shape: readonly number[]; readonly byteorder: 'little' | 'big' | 'n/a';
  readonly nbytes: number; readonly sha256_stored: string; readonly npz_fortran_order?: boolean;
}
interface FixtureObject { readonly key: string; readonly file: string; readonly content_type: string; readonly metadata: Record<string, string> }

const folder = path.resolve('test/fixtures/s3');
const json = (...parts: string[]): unknown => JSON.parse(readFileSync(path.join(folder, ...parts), 'utf8'));

describe('buckets that the Python tool made', function () {
  this.timeout(60_000);
  let newStore: () => Promise<ObjectStore>;

  before(async function () {
    const server = await startS3();
    if (!server) {
      console.log('    skipped: no S3 server (MinIO, Ceph or s3rver)');
      this.skip();
    }
    newStore = async () => connect({ backend: 's3', bucket: await server.newBucket(), endpointUrl: server.endpoint }, { credentials: { ...server } });
  });

  const buckets = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'objects.json')));
  const manifest = json('manifest.json') as Record<string, { weights: Record<string, FixtureWeight> | string[] }>;

  for (const name of buckets) {
    it(`reads ${name} as its manifest says`, async () => {
      const objects = await newStore();
      const stored = (json(name, 'objects.json') as { objects: FixtureObject[] }).objects;
      for (const { key, file, content_type: contentType, metadata } of stored) {
        await objects.put(key, readFileSync(path.join(folder, name, file)), { contentType, metadata });
      }
      const keys = stored.map(({ key }) => key).filter((key) => key.endsWith('.npz') && key.includes('weights/'));
      const prefix = keys[0]!.slice(0, keys[0]!.indexOf('weights/'));
      const store = new ObjectWeightStore(objects, prefix);
      const hashes = keys.map((key) => path.basename(key, '.npz')).sort();
      assert.deepEqual(await store.list(), hashes);
      const said = manifest[name]!.weights;
      const expected = Array.isArray(said) ? [] : Object.values(said);
      const named = name !== 'unpatched-cli-push';
      for (const weight of expected) await assertReads(store, named ? weight : { ...weight, name: 'unnamed' }, name);
      if (Array.isArray(said)) {
        const found = await Promise.all(hashes.map(async (hash) => (await store.read(hash))!));
        for (const weight of found) assert.equal((await bytesOf(weight)).length, weight.byteLength);
        assert.deepEqual(found.map(({ metadata }) => metadata.name).sort(), [...said].sort());
        assert.deepEqual(await Promise.all(hashes.map((hash) => store.metadata(hash))), found.map(({ metadata }) => metadata));
      }
      objects.close();
    });
  }

  async function assertReads(store: ObjectWeightStore, expected: FixtureWeight, bucket: string): Promise<void> {
    const { hash, name, dtype, shape } = expected;
    const metadata = await store.metadata(hash);
    assert.equal(metadata?.name, name);
    assert.deepEqual([metadata.shape, metadata.dtype, metadata.hash], [shape, dtype, hash]);
    if (bucket === 'compression-lz4') {
      await assert.rejects(store.read(hash), (error) => CoralError.is(error, 'unsupported') && error.hash === hash && /lz4/.test(error.message));
      return;
    }
    const weight = await store.read(hash);
    assert.ok(weight);
    assert.deepEqual(weight.metadata, metadata);
    const bytes = await bytesOf(weight);
    assert.equal(bytes.length, expected.nbytes);
    if (bytes.length > 0 && expected.byteorder !== 'n/a') assert.equal(weight.byteOrder, expected.byteorder, name);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), expected.sha256_stored, name);
  }

  describe('with a damaged object', () => {
    const { objects: cases, weight } = json('bad-objects', 'manifest.json') as
      { objects: Record<string, { key: string; expect: string; metadata: Record<string, string> }>; weight: FixtureWeight };
    const messages: string[] = [];

    for (const [file, { key, expect, metadata }] of Object.entries(cases)) {
      it(`${expect === 'ok' ? 'reads' : 'refuses'} ${file}`, async () => {
        const objects = await newStore();
        await objects.put(key, readFileSync(path.join(folder, 'bad-objects', file)), { metadata });
        const store = new ObjectWeightStore(objects, 'coral/', { name: 'origin' });
        const reading = (async () => bytesOf((await store.read(weight.hash))!))();
        if (expect === 'ok') {
          assert.equal(createHash('sha256').update(await reading).digest('hex'), weight.sha256_stored);
        } else {
          await assert.rejects(reading, (error) => {
            assert.ok(CoralError.is(error, 'corrupt'), String(error));
            assert.deepEqual([error.hash, error.remote], [weight.hash, 'origin']);
            assert.ok(error.message.includes(objects.location), error.message);
            messages.push(error.message);
            return true;
          });
        }
        objects.close();
      });
    }

    it('tells each kind of damage in words of its own', () => {
      // The two with a wrong compression header hold the same bytes and differ only in what the header says.
      assert.ok(new Set(messages).size >= messages.length - 1, messages.join('\n'));
    });
  });

  it('takes the rest from the array where a metadata object is missing, damaged or of another weight', async () => {
    const objects = await newStore();
    const { weight } = json('bad-objects', 'manifest.json') as { weight: FixtureWeight };
    await objects.put(`coral/weights/${weight.hash}.npz`, readFileSync(path.join(folder, 'bad-objects/ok.gz')), { metadata: { compression: 'gzip' } });
    const store = new ObjectWeightStore(objects, 'coral/');
    const texts: [string | Buffer, string][] = [
      [readFileSync(path.join(folder, 'bad-objects/metadata-extra-key.json')), 'q'], ['{}', 'unnamed'], ['{"name": "n"}', 'n'], ['{"name": 7}', 'unnamed'], ['[1]', 'unnamed'],
      ['{"name": "half', 'unnamed'], ['\uFEFF{"name": "bom"}', 'bom'], ['{"name": "other", "hash": "0123456789abcdef"}', 'unnamed'],
      ['{"name": "shape", "shape": [9, 9], "dtype": "float64"}', 'shape'],
    ];
    for (const [text, name] of texts) {
      await objects.put(`coral/metadata/${weight.hash}.json`, Buffer.from(text));
      const found = await store.read(weight.hash);
      assert.equal(found?.metadata.name, name, String(text));
      assert.deepEqual([found.metadata.shape, found.metadata.dtype], [weight.shape, weight.dtype]);
      assert.equal((await bytesOf(found)).length, weight.nbytes);
      assert.equal((await store.metadata(weight.hash))?.name, name);
    }
    objects.close();
  });
});
