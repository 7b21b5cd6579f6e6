import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type SliceChoice, sliceOf, defaultSlice } from '../../../src/core/analysis/slice';
import { CoralError } from '../../../src/core/base/errors';
import { swapUnits } from '../../../src/core/weights/dtype';
import { base64, bytesOf, isClose, needsNumpy, number, numpy, weightOf } from './tensors';

/** Made of every third element NaN at times, the rest both signs. */
const values = (shape: readonly number[]): Float32Array => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (
  i % 97 === 0 ? NaN : (Math.imul(i + 1, 2654435761) >>> 0) / 2 ** 32 - 0.5));

const cellsByNumpy = `
a = np.frombuffer(base64.b64decode(given['data']), '<f4').reshape(given['shape']).astype('f8')
rows, columns = given.get('rows'), given.get('columns')
plane = a[tuple(slice(None) if i in (rows, columns) else x for i, x in enumerate(given['indices']))]
if rows is not None and rows > columns: plane = plane.T
plane = np.atleast_2d(plane)
R, C = plane.shape; r, c = min(R, 256), min(C, 256)
cell = (np.arange(R) * r // R)[:, None] * c + (np.arange(C) * c // C)[None, :]
ok = np.isfinite(plane); out = np.zeros(r * c); n = np.zeros(r * c)
np.add.at(n, cell[ok], 1)
if given['reduction'] == 'mean': np.add.at(out, cell[ok], plane[ok]); out = out / n
else: np.maximum.at(out, cell[ok], np.abs(plane[ok])); out[n == 0] = np.nan
print(json.dumps([[R, C, r, c], [repr(float(x)) for x in out], int((~ok).sum())]))
`;

describe('a slice is what numpy takes', function () {
  this.timeout(60_000);
  needsNumpy();
  const choices: { shape: number[]; choice: SliceChoice }[] = [
    { shape: [], choice: defaultSlice([]) },
    { shape: [7], choice: defaultSlice([7]) },
    { shape: [1000], choice: { columns: 0, indices: [0], reduction: 'maxAbs' } },
    { shape: [300, 700], choice: defaultSlice([300, 700]) },
    { shape: [300, 700], choice: { rows: 1, columns: 0, indices: [0, 0], reduction: 'maxAbs' } },
    { shape: [5, 6, 7, 8], choice: { rows: 2, columns: 3, indices: [4, 1, 0, 0], reduction: 'mean' } },
    { shape: [5, 6, 7, 8], choice: { rows: 3, columns: 0, indices: [0, 5, 6, 0], reduction: 'mean' } },
    { shape: [5, 6, 7, 8], choice: { rows: 0, columns: 2, indices: [0, 2, 0, 7], reduction: 'maxAbs' } },
    { shape: [3, 513, 257], choice: { rows: 1, columns: 2, indices: [2, 0, 0], reduction: 'mean' } },
  ];
  for (const { shape, choice } of choices) {
    const { rows, columns, indices, reduction } = choice;
    it(`[${shape.join(', ')}], axes ${String(rows)} and ${String(columns)} at [${indices.join(', ')}], ${reduction}`, async () => {
      const data = values(shape);
      const [sizes, cells, notFinite] = await numpy<[number[], string[], number]>(cellsByNumpy, { data: base64(bytesOf(data)), shape, ...choice });
      const big = new Uint8Array(bytesOf(data));
      swapUnits(big, 4);
      for (const weight of [weightOf('float32', shape, bytesOf(data), { blockBytes: 10_001 }), weightOf('float32', shape, big, { byteOrder: 'big' })]) {
        const found = await sliceOf(weight, choice);
        assert.deepEqual([found.rows, found.columns, found.cellRows, found.cellColumns], sizes);
        assert.equal(found.notFinite, notFinite);
        assert.equal(found.cells.length, cells.length);
        cells.forEach((cell, i) => {
          const [is, should] = [found.cells[i], number(cell)];
          assert.ok(Number.isNaN(should) ? Number.isNaN(is) : isClose(is, should, 1), `cell ${i} is ${is}, not ${should}`);
        });
      }
    });
  }
});

describe('a slice', () => {
  it('of an empty tensor has no cells', async () => {
    for (const shape of [[0], [0, 3], [3, 0], [2, 0, 4]]) {
      const { cells } = await sliceOf(weightOf('float32', shape, new Uint8Array()), defaultSlice(shape));
      assert.deepEqual([...cells].filter((cell) => !Number.isNaN(cell)), []);
    }
  });

  it('reads no further than it must', async () => {
    const weight = weightOf('float32', [100, 10, 10], new Uint8Array(40_000), { blockBytes: 400 });
    let read = 0;
    await sliceOf(weight, { rows: 1, columns: 2, indices: [2, 0, 0], reduction: 'mean' }, { onRead: (done) => { read = done; } });
    assert.ok(read <= 1600, `${read} bytes were read`);
  });

  it('that does not exist is refused', async () => {
    const weight = weightOf('float32', [2, 3], new Uint8Array(24));
    const wrong: SliceChoice[] = [
      { rows: 0, columns: 2, indices: [0, 0], reduction: 'mean' }, { rows: 1, columns: 1, indices: [0, 0], reduction: 'mean' },
      { rows: 0, indices: [0, 3], reduction: 'mean' }, { rows: 0, columns: 1, indices: [0], reduction: 'mean' },
    ];
    for (const choice of wrong) await assert.rejects(sliceOf(weight, choice), (error) => CoralError.is(error, 'invalid'));
  });
});
