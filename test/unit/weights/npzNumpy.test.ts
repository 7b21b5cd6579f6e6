// Arrays that numpy and Python's zipfile wrote, read by us, and the other way round.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it } from 'mocha';
import type { ByteOrder } from '../../../src/core/weights/dtype';
import { readNpz, writeNpz } from '../../../src/core/weights/npz';
import { slices } from '../../../src/core/weights/blocks';
import { numpy, python } from './numpy';
import { noise } from './streams';

interface Case { file: string; shape: number[]; dtype: string; byteOrder: ByteOrder; sha256: string }

/** Writes one array in many forms; prints each file with what it holds. */
const writeAll = `
import io, json, hashlib, zipfile, numpy as np
rng = np.random.default_rng(1)
out = []
def note(file, a):
    out.append({'file': file, 'shape': list(a.shape), 'dtype': a.dtype.name, 'byteOrder': 'big' if a.dtype.str[0] == '>' else 'little',
                'sha256': hashlib.sha256(a.tobytes(order='C')).hexdigest()})
def npy(a, version=None):
    f = io.BytesIO(); np.lib.format.write_array(f, a, version=version, allow_pickle=False); return f.getvalue()
class Pipe(io.RawIOBase):
    'cannot seek, so that zipfile writes data descriptors'
    def __init__(self, path): self.f = open(path, 'wb')
    def writable(self): return True
    def write(self, b): return self.f.write(b)
    def close(self): self.f.close(); super().close()
def zipped(file, a, method=zipfile.ZIP_STORED, version=None, stream=False, force=False, others=(), name='data.npy', comment=b''):
    target = Pipe(file) if stream else file
    with zipfile.ZipFile(target, 'w', method) as z:
        for other in others: z.writestr(other, b'x' * 100000)
        with z.open(zipfile.ZipInfo(name) if method == 0 else name, 'w', force_zip64=force) as f: f.write(npy(a, version))
        z.comment = comment
    if stream: target.close()
    note(file, a)
arrays = {}
for kind in ['<f2','>f2','<f4','>f4','<f8','>f8','|b1','|i1','<i2','>i2','<i4','<i8','|u1','<u2','<u4','<u8','<c8','>c8','<c16','<f16','<c32']:
    arrays[kind.strip('<>|') + ('b' if kind[0] == '>' else 'l')] = (rng.standard_normal((7, 5)) * 100).astype(kind)
base = rng.standard_normal((13, 11, 3)).astype('<f4')
arrays.update(scalar=np.array(1.5, 'f4'), scalar_big=np.array(2.5, '>f8'), empty=np.zeros((0,), 'f4'), empty_2d=np.zeros((0, 3), 'f4'), empty_3d=np.zeros((1, 0, 2), 'i8'),
    one=np.ones((1,), 'f4'), fortran=np.asfortranarray(base), fortran_big=np.asfortranarray(base.astype('>f8')), fortran_c16=np.asfortranarray(base.astype('c16')),
    fortran_i1=np.asfortranarray(base.astype('i1')), fortran_f2=np.asfortranarray(base.astype('f2')), fortran_empty=np.asfortranarray(np.zeros((0, 3), 'f4')),
    fortran_1d=np.asfortranarray(np.arange(5.)), strided=base[::2, ::-1], rank5=rng.standard_normal((2, 1, 3, 1, 2)).astype('f4'),
    zeros=np.zeros((1500, 1500), 'f4'), large=rng.integers(0, 256, 3000000, dtype='u1').reshape(3, 1000000), fortran_large=np.asfortranarray(rng.standard_normal((1500, 1501)).astype('f8')))
for name, a in arrays.items():
    np.savez(name + '.savez.npz', data=a); note(name + '.savez.npz', a)
    np.savez_compressed(name + '.savezc.npz', data=a); note(name + '.savezc.npz', a)
a = base
D = zipfile.ZIP_DEFLATED
for v in [(1, 0), (2, 0), (3, 0)]: zipped('v%d.npz' % v[0], a, version=v)
zipped('stored.npz', a); zipped('deflated.npz', a, D)
zipped('force64.npz', a, force=True); zipped('force64d.npz', a, D, force=True)
zipped('stream.npz', a, stream=True); zipped('streamd.npz', a, D, stream=True)
zipped('stream64.npz', a, stream=True, force=True); zipped('streamd64.npz', a, D, stream=True, force=True)
zipped('others.npz', a, others=['first.npy', 'gr\\u00f6\\u00dfe.txt']); zipped('othersd.npz', a, D, others=['first.npy'])
zipped('comment.npz', a, comment=b'a comment ' * 500)
zipped('stream0.npz', arrays['scalar'], stream=True); zipped('streamempty.npz', arrays['empty'], D, stream=True)
np.savez('second.npz', data=a, zlast=a); note('second.npz', a)
print(json.dumps(out))`;

describe('npz and numpy', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'coral-npz-'));
  after(() => rmSync(folder, { recursive: true }));

  if (python === undefined) {
    it('read each other (skipped: no Python with numpy)', function () { this.skip(); });
    return;
  }

  describe('what Python wrote is read', () => {
    let cases: Case[] = [];
    before(() => { cases = numpy(writeAll, folder) as Case[]; });

    for (const highWaterMark of [1 << 16, 1000]) {
      it(`with every byte, type and shape, in chunks of ${highWaterMark} bytes`, async () => {
        assert.ok(cases.length > 90);
        for (const expected of cases) {
          const array = await readNpz(createReadStream(path.join(folder, expected.file), { highWaterMark }));
          const hash = createHash('sha256');
          for await (const block of array.blocks()) hash.update(block);
          const { shape, dtype, byteOrder } = array;
          assert.deepEqual({ file: expected.file, shape, dtype, byteOrder, sha256: hash.digest('hex') }, expected);
        }
      });
    }
  });

  it('what we write, numpy and zipfile read', async () => {
    const types: [string, ByteOrder, number[]][] = [
      ['float32', 'little', [1000]], ['float32', 'big', [30, 8]], ['float16', 'big', [7]], ['bool', 'little', [3, 5]], ['int64', 'little', [1]],
      ['complex64', 'big', [2, 3]], ['float128', 'little', [4]], ['uint8', 'little', []], ['float64', 'little', []], ['float32', 'little', [0]], ['float32', 'little', [0, 3]],
      ['uint8', 'little', [9_000_000]], ['uint16', 'little', [1, 1, 65_536]],
    ];
    const written: Case[] = [];
    for (const [dtype, byteOrder, shape] of types) {
      for (const deflate of [false, true]) {
        const length = shape.reduce((product, axis) => product * axis, { float32: 4, float16: 2, bool: 1, int64: 8, complex64: 8, float128: 16, uint8: 1, float64: 8, uint16: 2 }[dtype] ?? 0);
        const data = noise(length).map((byte) => (dtype === 'bool' ? byte & 1 : byte));
        const file = `ours-${written.length}.npz`;
        const { size, bytes } = writeNpz(shape, dtype, byteOrder, slices(data, 1 << 20), { deflate });
        const target = createWriteStream(path.join(folder, file));
        await pipeline(bytes, target);
        assert.equal(size, deflate ? undefined : target.bytesWritten);
        written.push({ file, shape, dtype, byteOrder, sha256: createHash('sha256').update(data).digest('hex') });
      }
    }
    const read = numpy(`
import glob, hashlib, json, zipfile, numpy as np
out = []
for i in range(${written.length}):
    file = 'ours-%d.npz' % i
    with zipfile.ZipFile(file) as z:
        assert z.testzip() is None and z.namelist() == ['data.npy'], file
        assert z.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0), file
    with np.load(file, allow_pickle=False) as z: a = z['data']
    out.append({'file': file, 'shape': list(a.shape), 'dtype': a.dtype.name, 'byteOrder': 'big' if a.dtype.str[0] == '>' else 'little',
                'sha256': hashlib.sha256(a.tobytes()).hexdigest()})
print(json.dumps(out))`, folder);
    assert.deepEqual(read, written);
  });
});
