import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ObjectRecords } from '../../../../src/core/history/objectRecords';
import { agree, crc32cOf, isKnownToHold } from '../../../../src/core/storage/objects/checksum';
import { Ledger } from '../../../../src/core/storage/objects/decorators/ledger';
import type { Capabilities, ObjectBody } from '../../../../src/core/storage/objects/objectStore';
import { checksumOf } from '../../../../src/core/storage/objects/s3/entityTag';
import { sendObject } from '../../../../src/core/storage/objects/sendObject';
import { Layout } from '../../../../src/core/storage/objects/weights/layout';
import { ObjectDeltas } from '../../../../src/core/storage/objects/weights/objectDeltas';
import { Delta, deltaHash } from '../../../../src/core/weights/delta';
import { MemoryObjects } from '../../support/memoryObjects';

/** Counts what is read, and gives tags that are no checksum. */
class CountedObjects extends MemoryObjects {
  gets = 0;

  constructor(checksum: Capabilities['checksum']) {
    super({ ifAbsent: true, ifMatch: 'generation', checksum });
  }

  override get(...request: Parameters<MemoryObjects['get']>): Promise<ObjectBody | undefined> {
    this.gets += 1;
    return super.get(...request);
  }
}

const hex = 'd41d8cd98f00b204e9800998ecf8427e';

describe('checksums', () => {
  it('are CRC32C as RFC 3720 has it, in one piece or more', () => {
    assert.equal(crc32cOf(Buffer.from('123456789')), 'e3069283');
    assert.equal(crc32cOf(Buffer.alloc(32)), '8a9136aa');
    assert.equal(crc32cOf(Buffer.from('6789'), crc32cOf(Buffer.from('12345'))), 'e3069283');
    assert.equal(crc32cOf(new Uint8Array()), '00000000');
  });

  it('prove nothing where either side is silent', () => {
    assert.equal(agree({ md5: hex }, { md5: hex }), true);
    for (const [one, other] of [[{}, {}], [{ md5: hex }, {}], [{ md5: hex }, { crc32c: 'e3069283' }], [{ md5: undefined }, { md5: undefined }]] as const) {
      assert.equal(agree(one, other), false);
    }
    assert.equal(isKnownToHold({ size: 0 }, new Uint8Array()), false);
    assert.equal(isKnownToHold({ size: 0, md5: hex }, new Uint8Array()), true);
    assert.equal(isKnownToHold({ size: 1, md5: hex }, new Uint8Array()), false);
  });

  it('are read out of an ETag only where it holds one', () => {
    assert.deepEqual(checksumOf(`"${hex.toUpperCase()}"`), { md5: hex });
    assert.deepEqual(checksumOf(`"${hex}"`, { ServerSideEncryption: 'AES256' }), { md5: hex });
    assert.deepEqual(checksumOf(`"${hex}-12"`), { partsMd5: `${hex}-12` });
    for (const tag of ['', '"0x8DCE"', `W/"${hex}"`, `"${hex}-0"`]) assert.deepEqual(checksumOf(tag), {}, tag);
    for (const encryption of [{ ServerSideEncryption: 'aws:kms' }, { ServerSideEncryption: 'aws:kms:dsse' }, { SSECustomerAlgorithm: 'AES256' }]) {
      assert.deepEqual(checksumOf(`"${hex}"`, encryption), {});
      assert.deepEqual(checksumOf(`"${hex}-2"`, encryption), {});
    }
  });

  for (const [checksum, isKnown] of [['md5', true], ['crc32c', true], ['none', false]] as const) {
    it(`of a server that says ${checksum} ${isKnown ? 'spare' : 'do not spare'} a record from being read`, async () => {
      const objects = new CountedObjects(checksum);
      const records = new ObjectRecords(objects, new Layout('p/'), 'commits', () => true);
      await records.write('a', Buffer.from('{"a": 1}'));
      assert.deepEqual(await records.list(), ['a']);
      assert.equal(records.isKnownToBe('a', Buffer.from('{"a": 1}')), isKnown);
      assert.equal(records.isKnownToBe('a', Buffer.from('{"a": 2}')), false);
      assert.deepEqual(await records.unconfirmed(), []);
      assert.equal(objects.gets, isKnown ? 0 : 1);
    });
  }

  it('confirm what was sent in parts, and tell what was not kept', async () => {
    const objects = new CountedObjects('crc32c');
    const ledger = new Ledger(objects, { sizeIsEnough: false });
    const bytes = randomBytes(20 * 1024 * 1024);
    for (const key of ['kept', 'lost']) await sendObject(ledger, key, blocks(bytes), { sizeHint: bytes.length });
    objects.objects.set('lost', { bytes: bytes.map((byte) => byte ^ 1), tag: 'another' });
    assert.deepEqual(await ledger.unheld(() => Promise.resolve(false)), ['lost']);
    assert.equal(objects.gets, 0);
  });

  it('are not needed for a delta that was sent from here and is still the same', async () => {
    const objects = new CountedObjects('none');
    const array = { shape: [3], dtype: 'uint8', byteOrder: 'little' } as const;
    const hash = await deltaHash('0123456789abcdef', 'compressed', [Buffer.of(1, 2, 3)]);
    const metadata = {
      hash, deltaType: 'compressed', referenceHash: '0123456789abcdef', originalShape: [3], originalDtype: 'uint8', metadata: '{}', compressionRatio: 1,
    };
    const deltas = new ObjectDeltas(objects, new Layout('p/'));
    await deltas.writeDelta(new Delta(metadata, array, () => blocks(Buffer.of(1, 2, 3))));
    objects.gets = 0;
    assert.deepEqual(await deltas.listDeltas(), [hash]);
    assert.deepEqual(await deltas.deltaMetadata(hash), metadata);
    assert.equal(objects.gets, 0);
    objects.objects.set(`p/deltas/${hash}.npz`, { bytes: Buffer.from('damaged'), tag: 'another' });
    await deltas.listDeltas();
    await assert.rejects(deltas.deltaMetadata(hash), { reason: 'corrupt' });
  });
});

async function* blocks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
