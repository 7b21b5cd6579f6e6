import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { mergedCheckpoints, verifiedCheckpoints } from '../../../src/core/history/checkpointList';
import { isPlainName } from '../../../src/core/history/recordStore';
import { verifiedState } from '../../../src/core/history/trainingState';
import { pythonJson } from '../../../src/core/base/json';

interface Entry {
  readonly commit_hash: string | null;
  readonly timestamp: string;
  readonly epoch?: number;
}

const hash = (digit: string): string => digit.repeat(32);
const at = (commit: string | null, second: number, epoch = 1): Entry => ({ commit_hash: commit, epoch, timestamp: `2026-11-22T13:46:${second}` });
const list = (entries: readonly Entry[], best: string | null = null): Buffer => Buffer.from(pythonJson(
  { model_name: 'm', experiment_name: 'exp', best_checkpoint_hash: best, best_metric_value: best && 0.5, checkpoints: entries }));
const merged = (...lists: readonly Buffer[]): string => (
  Buffer.from(lists.slice(1).reduce((one: Uint8Array, other) => mergedCheckpoints(one, other), lists[0]!)).toString());

describe('two checkpoint lists', () => {
  it('become each checkpoint once, in the order of time, those without a commit by their time', () => {
    const one = list([at(hash('a'), 10), at(null, 11), at(hash('c'), 30)]);
    const other = list([at(hash('a'), 10), at(hash('b'), 20), at(null, 11), at(null, 12)]);
    const all = list([at(hash('a'), 10), at(null, 11), at(null, 12), at(hash('b'), 20), at(hash('c'), 30)]);
    assert.equal(merged(one, other), all.toString());
  });

  it('take what is best from the one with the newest checkpoint', () => {
    const old = list([at(hash('a'), 10)], hash('a'));
    const young = list([at(hash('b'), 20)], hash('b'));
    const both = list([at(hash('a'), 10), at(hash('b'), 20)], hash('b')).toString();
    assert.deepEqual([merged(old, young), merged(young, old)], [both, both]);
    assert.equal(merged(old, list([at(hash('b'), 20)])), list([at(hash('a'), 10), at(hash('b'), 20)]).toString());
  });

  it('come to the same in any order, however often', () => {
    const lists = [
      list([at(hash('a'), 10), at(hash('c'), 30, 3)], hash('a')), list([at(hash('b'), 20), at(hash('c'), 30, 4)], hash('b')),
      list([at(null, 30), at(hash('c'), 29)], hash('c')), list([]),
    ];
    const orders = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 1, 3, 2, 1, 0]];
    const texts = orders.map((order) => merged(...order.map((index) => lists[index]!)));
    assert.deepEqual(new Set(texts).size, 1, texts.join('\n'));
  });

  it('stay as they are, byte for byte, where one says all of both', () => {
    const all = Buffer.from(`${list([at(hash('a'), 10), at(hash('b'), 20)]).toString()}\n`);
    const part = list([at(hash('a'), 10)]);
    assert.equal(mergedCheckpoints(all, part), all);
    assert.equal(mergedCheckpoints(part, all), all);
    assert.equal(mergedCheckpoints(all, list([at(hash('b'), 20), at(hash('a'), 10)])), all);
  });

  it('keep numbers as they are written, NaN and Infinity too, and text as Python escapes it', () => {
    const text = (commit: string, second: number, metrics: string): Buffer => Buffer.from(list([at(commit, second)]).toString()
      .replace('"epoch": 1', `"epoch": 1,\n      "metrics": ${metrics}`));
    const one = text(hash('a'), 10, '{\n        "\\u00fc": NaN,\n        "n": 12345678901234567890\n      }');
    const other = text(hash('b'), 20, '{\n        "x": -Infinity,\n        "y": 1.0,\n        "z": 1e-07\n      }');
    const both = merged(one, other);
    for (const part of ['"\\u00fc": NaN,', '"n": 12345678901234567890\n', '"x": -Infinity,', '"y": 1.0,', '"z": 1e-07\n      }']) {
      assert.ok(both.includes(part), both);
    }
  });
});

describe('a checkpoint list', () => {
  const refused = (bytes: Buffer, name = 'exp'): string => {
    try {
      verifiedCheckpoints(bytes, `/r/checkpoints/${name}.json`, name);
    } catch (error) {
      assert.ok(CoralError.means(error, 'cannot be read'), String(error));
      return error.message;
    }
    throw new Error('was taken');
  };

  it('names its commits and the best of them', () => {
    assert.deepEqual(verifiedCheckpoints(list([at(hash('a'), 10), at(null, 11)], hash('a')), 'exp.json', 'exp'), { commits: [hash('a')], best: hash('a') });
  });

  it('is refused when it is none: another object, a commit that is none, no time, half a file, nested without end', () => {
    assert.match(refused(Buffer.from('{"accessToken": "x"}')), /"checkpoints" is no list/);
    assert.match(refused(list([at('../../HEAD', 10)])), /"commit_hash" of a checkpoint is not one/);
    assert.match(refused(Buffer.from('{"checkpoints": [{"commit_hash": null}]}')), /no "timestamp"/);
    assert.match(refused(list([at(hash('a'), 10)]).subarray(0, 100)), /line \d+/);
    assert.match(refused(Buffer.from(`{"checkpoints": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`)), /nested more than 100 deep/);
  });

  it('has a name that can be one file of its folder, and one that every system takes', () => {
    const long = 'x'.repeat(65_536);
    for (const name of ['../x', '..', '.', '', 'a/b', 'a\\b', 'a\0b', '/etc/x', '.hidden', long]) assert.equal(isPlainName(name), false, name.slice(0, 20));
    for (const name of ['exp', 'Llama 3.1-lr=1e-4', 'été']) {
      assert.ok(isPlainName(name));
      verifiedCheckpoints(list([]), `${name}.json`, name);
    }
    for (const name of ['a?b', 'a:b', 'con', 'x.lock', 'x ', 'a\nb', '-x']) assert.match(refused(list([]), name), /stays where it is: .* cannot be used as a name of an experiment: .* Rename it\./, name);
  });
});

describe('a training state', () => {
  it('says how far the training was, with numbers as they are written', () => {
    const bytes = Buffer.from('{"epoch": 2, "global_step": 12345678901234567890, "loss": NaN, "metrics": {"acc": 1.0, "note": "x"}, "notes": null}');
    assert.deepEqual(verifiedState(bytes, 'x.json', hash('a')), {
      commitHash: hash('a'), epoch: '2', step: '12345678901234567890', loss: 'NaN', metrics: { acc: '1.0' },
    });
  });

  it('is refused when it is none', () => {
    const deep = `{"epoch": 1, "global_step": 1, "optimizer_state": ${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`;
    for (const text of ['{}', '[]', '', '{"epoch": 1, "global_step": 1', '{"epoch": "1", "global_step": 1}', deep]) {
      assert.throws(() => verifiedState(Buffer.from(text), 'x.json', hash('a')), (error) => CoralError.is(error, 'corrupt'), text.slice(0, 40));
    }
  });
});
