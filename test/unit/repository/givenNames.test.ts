import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Commit } from '../../../src/core/history/commit';
import { refNames } from '../../../src/core/history/refNames';
import { givenNames } from '../../../src/core/repository/givenNames';

const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(16)) as [string, string, string];
const commit = (commitHash: string, parent: string | undefined, weightHashes: Record<string, string>, deltaWeights: Record<string, string> = {}): Commit => ({
  commitHash, parentHashes: parent === undefined ? [] : [parent], weightHashes, deltaWeights,
  metadata: { author: '', email: '', message: commitHash, timestamp: `2026-01-0${commitHash.charCodeAt(0) - 96}`, tags: [] },
});
const commitsOf = (...commits: readonly Commit[]) => new Map(commits.map((each) => [each.commitHash, each]));
const nothing = { weights: {}, deltas: {} };
type Given = ReturnType<typeof givenNames>;
const told = (names: Given, hash: string) => (
  (names.get(hash) ?? []).map(({ name, commit: of, isCurrent, isStagedOnly }) => `${name} ${of ?? '-'}${isCurrent ? ' current' : ''}${isStagedOnly ? ' staged' : ''}`));

describe('givenNames', () => {
  it('lists every name of a weight; in the current commit a name stands for what the nearest commit says that lists it', () => {
    const commits = commitsOf(commit('a', undefined, { bias: one, scale: one, weight: one }), commit('b', 'a', { weight: two }), commit('c', 'a', { weight: three, bias: one }));
    const names = givenNames({ head: { branch: 'main', commit: 'b' }, staged: nothing, commits });
    assert.deepEqual(told(names, one), ['bias a current', 'scale a current', 'weight a']);
    assert.deepEqual(told(names, two), ['weight b current']);
    assert.deepEqual(told(names, three), ['weight c']);
  });

  it('takes what is staged for current, and says so as long as no commit says the same', () => {
    const commits = commitsOf(commit('a', undefined, { bias: one }));
    const names = givenNames({ head: { commit: 'a' }, staged: { weights: { bias: two, scale: one }, deltas: { scale: three } }, commits });
    assert.deepEqual(told(names, one), ['bias a current', 'scale - current staged']);
    assert.deepEqual(told(names, two), ['bias - current staged']);
    const same = givenNames({ head: { commit: 'a' }, staged: { weights: { bias: one }, deltas: {} }, commits });
    assert.deepEqual(told(same, one), ['bias a current']);
  });

  it('tells the names that stand for a delta, which are not the best ones', () => {
    const commits = commitsOf(commit('a', undefined, { delta: one, plain: one }, { delta: two, gone: three }));
    const names = givenNames({ head: { commit: 'a' }, staged: nothing, commits });
    assert.deepEqual((names.get(one) ?? []).map(({ name, isDelta }) => [name, isDelta]), [['plain', false], ['delta', true]]);
  });

  it('takes names from commits that only a remote has', () => {
    const names = givenNames({ head: {}, staged: nothing, commits: new Map() }, commitsOf(commit('z', undefined, { bias: one })));
    assert.deepEqual(told(names, one), ['bias z']);
  });

  it('takes no time worth mention for ten thousand names of one weight in fifty commits', () => {
    const weights = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`layers.${index}.bias`, one]));
    const commits = commitsOf(...Array.from({ length: 50 }, (_, index) => commit(`b${index}`, undefined, weights)));
    const started = performance.now();
    assert.equal(givenNames({ head: {}, staged: nothing, commits }).get(one)?.length, 10_000);
    assert.ok(performance.now() - started < 5_000);
  });
});

describe('refNames', () => {
  it('counts first parents from the first ref that leads to a commit', () => {
    const commits = commitsOf(commit('a', undefined, {}), commit('b', 'a', {}), commit('c', 'b', {}), commit('d', 'b', {}), commit('e', undefined, {}));
    const names = refNames([['main', 'c'], ['dev', 'd'], ['gone', 'x'], ['old', 'b']], commits);
    assert.deepEqual([...names].sort(), [['a', 'main~2'], ['b', 'main~1'], ['c', 'main'], ['d', 'dev']]);
  });
});
