import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { CoralError } from '../../../src/core/base/errors';
import { CommitLog, type LogEntry, type LogSource } from '../../../src/core/history/commitLog';
import type { Commit } from '../../../src/core/history/commit';

function commit(commitHash: string, parentHashes: readonly string[]): Commit {
  const weightHashes = { [`w${commitHash}`]: '0'.repeat(16) };
  return { commitHash, parentHashes, weightHashes, deltaWeights: {}, metadata: { author: '', email: '', message: '', timestamp: '', tags: [] } };
}

/** Counts how often each commit is read. */
function sourceOf(commits: readonly Commit[]): LogSource & { readonly reads: string[] } {
  const known = new Map(commits.map((one) => [one.commitHash, one]));
  const reads: string[] = [];
  return {
    reads,
    readCommit: (hash) => {
      reads.push(hash);
      return Promise.resolve(known.get(hash) ?? { commitHash: hash, problem: new CoralError('missing', `${hash} is not here.`) });
    },
    references: () => Promise.resolve(new Map()),
  };
}

const line = (length: number): Commit[] => Array.from({ length }, (_, index) => commit(String(index), index === 0 ? [] : [String(index - 1)]));
const hashes = (entries: readonly LogEntry[]): string[] => entries.map(({ commitHash }) => commitHash);

describe('commit log', () => {
  it('reads no further than someone looks, and the same commits only once', async () => {
    const source = sourceOf(line(10_000));
    const log = new CommitLog('9999', source);
    const first = await log.page(0, 100);
    assert.deepEqual([first.entries.length, first.hasMore, source.reads.length], [100, true, 102]); // of each batch the last one's parent, too
    assert.deepEqual(hashes((await log.page(50, 3)).entries), ['9949', '9948', '9947']);
    assert.equal(source.reads.length, 102);
    const last = await log.page(9_990, 100);
    assert.deepEqual([hashes(last.entries).at(-1), last.entries.length, last.hasMore], ['0', 10, false]);
    assert.ok(source.reads.length < 10_000 + 10_000 / 64 + 3);
  });

  it('lists each commit once where lines join, nearest first, and counts against the first parent', async () => {
    const log = new CommitLog('e', sourceOf([commit('a', []), commit('b', ['a']), commit('c', ['a']), commit('d', ['b', 'c']), commit('e', ['d'])]));
    const { entries, hasMore } = await log.page(0, 10);
    assert.deepEqual([hashes(entries), hasMore], [['e', 'd', 'b', 'c', 'a'], false]);
    assert.deepEqual(entries.map((entry) => 'changes' in entry && entry.changes), [...Array<unknown>(4).fill({ added: 1, changed: 0, removed: 1 }), { added: 1, changed: 0, removed: 0 }]);
  });

  it('shows where it cannot go on; what its child changed is not known', async () => {
    const log = new CommitLog('b', sourceOf([commit('b', ['gone'])]));
    const { entries, hasMore } = await log.page(0, 10);
    assert.deepEqual([hashes(entries), hasMore, log.isSound], [['b', 'gone'], false, false]);
    assert.equal((entries[0] as { changes?: unknown }).changes, undefined);
    assert.ok('problem' in entries[1]!);
  });

  it('several at a time, and one of them cancelled, give the same pages', async () => {
    const log = new CommitLog('299', sourceOf(line(300)));
    const cancelled = log.page(0, 200, AbortSignal.abort());
    const [one, other] = await Promise.all([log.page(0, 150), log.page(100, 150)]);
    await assert.rejects(cancelled, (error: unknown) => CoralError.is(error, 'cancelled'));
    assert.deepEqual([hashes(one.entries).at(-1), hashes(other.entries)[0], hashes(other.entries).length], ['150', '199', 150]);
  });
});
