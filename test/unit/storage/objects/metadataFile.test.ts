import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { metadataText, readMetadata } from '../../../../src/core/storage/objects/weights/metadataFile';

const hash = '0123456789abcdef';

describe('metadata objects', () => {
  it('have exactly the keys that the Python tool takes', () => {
    const text = metadataText({ name: 'a.b', shape: [2, 3], dtype: 'float32', layerType: 'Linear', compressionInfo: { x: 1 }, hash });
    assert.deepEqual(JSON.parse(text), {
      name: 'a.b', shape: [2, 3], dtype: 'float32', layer_type: 'Linear', model_name: null, compression_info: { x: 1 }, hash,
    });
  });

  it('are read as they were written', () => {
    const metadata = { name: 'ünï 重', shape: [], dtype: 'bool', layerType: undefined, modelName: 'm', compressionInfo: { a: [null] }, hash };
    assert.deepEqual({ ...readMetadata(metadataText(metadata), hash), hash }, metadata);
  });

  it('count as silent in all that has the wrong type', () => {
    const odd = { name: null, shape: [1, -2], dtype: 'Float32', layer_type: 3, model_name: '', compression_info: [], hash: null };
    assert.deepEqual(readMetadata(JSON.stringify(odd), hash), {
      name: 'unnamed', shape: undefined, dtype: undefined, layerType: undefined, modelName: undefined, compressionInfo: {},
    });
    for (const shape of ['2', [1.5], [2 ** 60], [[1]], {}, null]) {
      assert.equal(readMetadata(JSON.stringify({ shape }), hash).shape, undefined, JSON.stringify(shape));
    }
  });

  it('do not pollute prototypes', () => {
    const read = readMetadata('{"name": "n", "__proto__": {"polluted": 1}, "compression_info": {"__proto__": {"polluted": 1}}}', hash);
    assert.equal(read.name, 'n');
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    assert.equal((read as { polluted?: number }).polluted, undefined);
  });
});
