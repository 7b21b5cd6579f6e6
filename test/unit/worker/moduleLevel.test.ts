import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ModuleLevel } from '../../../src/worker/service/moduleLevel';
import { naturally } from '../../../src/worker/service/naturally';

const levelOf = (...names: (string | undefined)[]) => new ModuleLevel('', names.map((name, index) => ({ hash: String(index).padStart(16, '0'), name, isCurrent: true })));
const placed = (name: string, hash: string, isCurrent = true, age = 0) => ({ name, hash: hash.repeat(16), isCurrent, age });

/** "modules | weights", as shown below the level */
const shown = ({ modules, ownNames }: ModuleLevel) => `${modules.map(({ path, names }) => `${path} ${names.length}`).join(', ')} | ${ownNames.map(({ name }) => name).join(', ')}`;

describe('ModuleLevel', () => {
  it('divides names at their dots, level by level, modules before weights', () => {
    const top = levelOf('head', 'encoder.0.weight', 'encoder.0.bias', 'encoder.1.weight', 'encoder.1.bias', 'norm.weight', 'norm.bias');
    assert.equal(shown(top), 'encoder 4, norm 2 | head');
    assert.equal(shown(top.find('encoder')), 'encoder.0 2, encoder.1 2 | ');
    assert.equal(shown(top.find('encoder.1')), ' | encoder.1.bias, encoder.1.weight');
  });

  it('counts as people do: layers.2 before layers.10', () => {
    const top = levelOf(...[10, 2, 1].flatMap((index) => [`layers.${index}.a`, `layers.${index}.b`]), 'w10', 'w9');
    assert.equal(shown(top), 'layers 6 | w9, w10');
    assert.equal(shown(top.find('layers')), 'layers.1 2, layers.2 2, layers.10 2 | ');
  });

  it('skips modules that hold one module only, and shows a module of one weight as that weight', () => {
    const top = levelOf('model.encoder.layers.11.attention.weight', 'model.encoder.layers.11.attention.bias', 'head.weight');
    assert.equal(shown(top), 'model.encoder.layers.11.attention 2 | head.weight');
    assert.equal(shown(levelOf('a.b.c', 'a.b.d.e', 'a.b.d.f')), 'a.b 3 | ');
  });

  it('keeps a weight and a module of one name apart, and two versions of one name together', () => {
    assert.equal(shown(levelOf('encoder', 'encoder.a', 'encoder.b')), 'encoder 2 | encoder');
    const twice = levelOf('a.b.weight', 'a.b.weight');
    assert.equal(shown(twice), 'a.b 2 | ');
    assert.deepEqual(twice.find('a.b').ownNames.map(({ hash }) => Number(hash)), [0, 1]);
  });

  it('shows names whole that have no name between two dots, and what has no name last', () => {
    assert.equal(shown(levelOf(undefined, '.a', 'b..c', 'd.', 'e.f', 'e.g')), 'e 2 | .a, b..c, d., ');
  });

  it('finds a module that is no row of its own, and nothing in one that is gone', () => {
    const top = levelOf('encoder.layers.1.a', 'encoder.layers.1.b', 'encoder.layers.2.a', 'other');
    assert.equal(shown(top), 'encoder.layers 3 | other');
    assert.equal(top.find('encoder').names.length, 3);
    assert.equal(top.find('encoder.lay').names.length, 0);
    assert.equal(top.find('decoder').names.length, 0);
  });

  it('has a row for each name, those of the current commit first, then older versions, of one name the newest first', () => {
    const names = [
      placed('m.bias', 'a', false, 3), placed('m.bias', 'b', false, 2), placed('m.bias', 'c'), placed('m.scale', 'c'), placed('m.weight', 'd'), placed('m.alpha', 'e', false, 4),
    ];
    const level = new ModuleLevel('', names).modules[0]!;
    assert.deepEqual(level.ownNames.map(({ name, hash }) => `${name} ${hash[0]}`), ['m.bias c', 'm.scale c', 'm.weight d', 'm.alpha e', 'm.bias b', 'm.bias a']);
    assert.deepEqual([level.hashes.length, level.nameCount], [5, 4]);
    assert.deepEqual(names.map((name) => level.locate(name)), [[5], [4], [0], [1], [2], [3]]);
  });

  it('tells over which rows each weight is reached', () => {
    const names = ['z', 'encoder.0.weight', 'encoder.0.bias', 'encoder.1.x.y', 'encoder.1.x.z', 'single.weight', '.odd'];
    const top = levelOf(...names);
    for (const weight of top.names) {
      let level = top;
      const places = [...top.locate(weight) ?? []];
      const last = places.pop()!;
      for (const place of places) level = level.modules[place]!;
      assert.equal(level.ownNames[last - level.modules.length]?.hash, weight.hash, weight.name);
    }
    assert.equal(top.locate({ hash: 'f'.repeat(16), name: 'encoder.0.gone', isCurrent: true }), undefined);
  });
});

describe('naturally', () => {
  it('sorts numbers by value, capitals only where nothing else differs, and what has no text last', () => {
    const sorted = naturally(['b', undefined, 'a10', 'a9', 'A9', 'a'], (text) => text);
    assert.deepEqual(sorted, ['a', 'A9', 'a9', 'a10', 'b', undefined]);
  });
});
