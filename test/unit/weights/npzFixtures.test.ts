// The objects that Coral's Python tool put on S3 servers, and damaged ones.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { contentHash } from '../../../src/core/weights/contentHash';
import { gunzipped } from '../../../src/core/weights/deflate';
import { type NpzArray, readNpz } from '../../../src/core/weights/npz';
import { collect } from './streams';

interface Expected { dtype: string; shape: number[]; byteorder: string; hash: string; sha256_stored: string }
interface Stored { file: string; key: string; metadata: { compression?: string } }

const folder = path.resolve('test/fixtures/s3');
const json = (...parts: string[]): unknown => JSON.parse(readFileSync(path.join(folder, ...parts), 'utf8'));

async function open(file: string, compression: string | undefined): Promise<NpzArray> {
  const bytes = createReadStream(file);
  return readNpz(compression === 'gzip' ? gunzipped(bytes) : bytes);
}

describe('npz objects of the Python tool', () => {
  const manifest = json('manifest.json') as Record<string, { weights: Record<string, Expected> }>;

  for (const [name, { weights }] of Object.entries(manifest)) {
    it(`in ${name} have the dtype, shape, bytes and hash of the manifest`, async () => {
      const { objects } = json(name, 'objects.json') as { objects: Stored[] };
      let read = 0;
      for (const expected of Object.values(weights)) {
        const object = objects.find(({ key }) => key.endsWith(`weights/${expected.hash}.npz`));
        assert.ok(object, expected.hash);
        if (object.metadata.compression === 'lz4') {
          await assert.rejects(open(path.join(folder, name, object.file), 'lz4'), (error) => CoralError.is(error, 'corrupt') && error.message.includes('lz4 frame'));
          read += 1;
          continue;
        }
        const array = await open(path.join(folder, name, object.file), object.metadata.compression);
        const data = await collect(array.blocks());
        assert.deepEqual([array.dtype, array.shape], [expected.dtype, expected.shape]);
        if (expected.byteorder !== 'n/a') assert.equal(array.byteOrder, expected.byteorder);
        assert.equal(createHash('sha256').update(data).digest('hex'), expected.sha256_stored);
        assert.equal(await contentHash(array.shape, array.dtype, [data]), expected.hash);
        read += 1;
      }
      assert.ok(read >= 3);
    });
  }

  const { objects, weight } = json('bad-objects', 'manifest.json') as { objects: Record<string, { expect: string; metadata: { compression?: string } }>; weight: Expected };
  const messages: Record<string, RegExp> = {
    empty: /it is empty/,
    'gzip-crc.gz': /gzip data cannot be inflated \(incorrect data check\)/,
    'header-missing-body-gzip': /no npz file; it is gzip data/,
    'header-none-body-gzip': /no npz file; it is gzip data/,
    html: /it is an HTML page/,
    'truncated.gz': /ends within gzip data/,
    'wrong-member.npz': /no member "data\.npy", only/,
  };

  for (const [name, { expect, metadata }] of Object.entries(objects)) {
    it(`bad-objects/${name}: ${expect}`, async () => {
      const read = async (): Promise<string> => {
        const array = await open(path.join(folder, 'bad-objects', name), metadata.compression);
        return contentHash(array.shape, array.dtype, array.blocks());
      };
      if (expect === 'ok') return assert.equal(await read(), weight.hash);
      const message = messages[name];
      assert.ok(message, 'a message for every bad object');
      return assert.rejects(read(), (error) => {
        assert.ok(CoralError.is(error, 'corrupt'), String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
