import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Layout } from '../../../../src/core/storage/objects/weights/layout';

const hash = '0123456789abcdef';

describe('Layout', () => {
  it('puts keys right behind the prefix, whatever that is', () => {
    assert.equal(new Layout('coral/').key('weights', hash), `coral/weights/${hash}.npz`);
    assert.equal(new Layout('models').key('metadata', hash), `modelsmetadata/${hash}.json`);
    assert.equal(new Layout('').key('deltas', hash), `deltas/${hash}.npz`);
    assert.equal(new Layout('/').key('commits', hash), `/commits/${hash}.json`);
    assert.equal(new Layout('a/b/').refs, 'a/b/refs.json');
  });

  it('finds hashes in listed keys, and nothing in anything else', () => {
    const layout = new Layout('p/');
    const long = 'a'.repeat(64);
    assert.equal(layout.hashOf('weights', `p/weights/${hash}.npz`), hash);
    assert.equal(layout.hashOf('weights', `p/weights/${long}.npz`), long);
    const others = [
      'p/weights/', 'p/weights/.npz', 'p/weights/...npz', `p/weights/../${hash}.npz`, `p/weights/x/${hash}.npz`, `p/weights/${hash}.NPZ`, `p/weights/${hash}.json`,
      `p/weights/${hash.toUpperCase()}.npz`, `p/weights/${hash}.npz.tmp`, `p/weights/${long}0.npz`, `q/weights/${hash}.npz`, `p/weights/${hash}\n.npz`, `p/weights${hash}.npz`,
    ];
    for (const key of others) assert.equal(layout.hashOf('weights', key), undefined, key);
  });

  it('lets no fuzzed listing through that is not 16 to 64 hex digits', () => {
    const alphabet = ['0', 'a', 'f', 'A', 'g', '.', '/', '..', '\\', '\0', '%2e', 'weights/', '.npz', hash, '\u202e', ' '];
    const layout = new Layout('p/');
    for (let turn = 0; turn < 100_000; turn += 1) {
      let key = 'p/weights/';
      for (let part = turn % 7; part >= 0; part -= 1) key += alphabet[Math.floor(Math.random() * alphabet.length)]!;
      const found = layout.hashOf('weights', `${key}.npz`);
      assert.ok(found === undefined || (/^[0-9a-f]{16,64}$/.test(found) && key === `p/weights/${found}`), key);
    }
  });
});
