import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import type { Commit } from '../../../src/core/history/commit';
import { ancestors, byTime, isAncestor } from '../../../src/core/history/graph';

function commit(commitHash: string, parentHashes: readonly string[], timestamp = ''): Commit {
  return { commitHash, parentHashes, weightHashes: {}, deltaWeights: {}, metadata: { author: '', email: '', message: '', timestamp, tags: [] } };
}

const graph = (...commits: Commit[]): Map<string, Commit> => new Map(commits.map((one) => [one.commitHash, one]));
const hashes = (commits: readonly Commit[]): string[] => commits.map(({ commitHash }) => commitHash);

describe('commit graph', () => {
  //  a - b - d - e      x lies alone; f's parent is not there
  //    \ c /
  const commits = graph(commit('a', []), commit('b', ['a']), commit('c', ['a']), commit('d', ['b', 'c']), commit('e', ['d']), commit('x', []), commit('f', ['gone']));

  it('lists each commit once, nearest first', () => {
    assert.deepEqual(hashes(ancestors(commits, 'e')), ['e', 'd', 'b', 'c', 'a']);
    assert.deepEqual(hashes(ancestors(commits, 'f')), ['f']);
    assert.deepEqual(ancestors(commits, 'gone'), []);
  });

  it('knows what comes before what', () => {
    for (const [older, newer, expected] of [
      ['a', 'e', true], ['c', 'e', true], ['e', 'e', true], ['e', 'a', false], ['b', 'c', false], ['x', 'e', false], ['gone', 'f', true],
    ] as const) assert.equal(isAncestor(commits, older, newer), expected, `${older} before ${newer}`);
  });

  it('survives circles and great depth', () => {
    assert.deepEqual(hashes(ancestors(graph(commit('a', ['b']), commit('b', ['a'])), 'a')), ['a', 'b']);
    const deep = graph(...Array.from({ length: 100_000 }, (_, index) => commit(String(index), index === 0 ? [] : [String(index - 1)])));
    assert.equal(ancestors(deep, '99999').length, 100_000);
  });

  it('sorts by time, new first', () => {
    assert.deepEqual(hashes(byTime([commit('a', [], '2026-01-01T00:00:00'), commit('b', [], '2026-01-01T00:00:00.5'), commit('c', [], '2025-12-31T23:59:59')])), ['b', 'a', 'c']);
  });
});
