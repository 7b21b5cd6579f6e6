import { beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommitIndex } from '../../../src/core/history/commitIndex';
import { readCommit } from '../../../src/core/history/readHistory';
import { Repository } from '../../../src/core/repository/repository';
import { commitFile } from '../../samples/commit';
import { copyFixture, temporaryFolder } from '../support/fixtures';

describe('CommitIndex', () => {
  let folder: string;
  let hashes: readonly string[];
  let reads: string[];
  let index: CommitIndex;

  const read: typeof readCommit = (where, hash) => {
    reads.push(hash);
    return readCommit(where, hash);
  };
  const pathOf = (hash: string): string => join(folder, `${hash}.json`);
  const add = async (message: string): Promise<string> => {
    const { hash, text } = commitFile({ message, time: new Date(1.7e12), weights: { w: '0123456789abcdef' } }, []);
    await writeFile(pathOf(hash), text);
    return hash;
  };
  /** What it says, and which files it read for that. */
  const look = async (): Promise<{ commits: string[]; problems: string[]; read: string[] }> => {
    reads = [];
    const { commits, problems } = await index.read();
    return { commits: [...commits], problems: problems.map(({ path }) => path ?? ''), read: reads.sort() };
  };

  beforeEach(async () => {
    folder = join(await temporaryFolder(), 'commits');
    await mkdir(folder);
    hashes = (await Promise.all(['one', 'two', 'three'].map(add))).sort();
    index = new CommitIndex(folder, { settling: 0, read });
  });

  it('reads each file once, and a new one when it comes', async () => {
    assert.deepEqual(await look(), { commits: hashes, problems: [], read: hashes });
    assert.deepEqual(await look(), { commits: hashes, problems: [], read: [] });
    const fourth = await add('four');
    assert.deepEqual(await look(), { commits: [...hashes, fourth].sort(), problems: [], read: [fourth] });
  });

  it('forgets one that is gone, and reads it again when it is back', async () => {
    await look();
    const [first = '', ...others] = hashes;
    const text = await readFile(pathOf(first));
    await rm(pathOf(first));
    assert.deepEqual(await look(), { commits: others, problems: [], read: [] });
    await writeFile(pathOf(first), text);
    assert.deepEqual(await look(), { commits: hashes, problems: [], read: [first] });
  });

  it('notices damage of the same length with the old modification time, and the repair; tells damage again without reading it again', async () => {
    await look();
    const [first = '', ...others] = hashes;
    const text = await readFile(pathOf(first), 'utf8');
    await writeFile(pathOf(first), text.replace('{', '['));
    await utimes(pathOf(first), 1_600_000_000, 1_600_000_000);
    assert.deepEqual(await look(), { commits: others, problems: [pathOf(first)], read: [first] });
    assert.deepEqual(await look(), { commits: others, problems: [pathOf(first)], read: [] });
    await writeFile(pathOf(first), text);
    assert.deepEqual(await look(), { commits: hashes, problems: [], read: [first] });
  });

  it('does not trust the times of a file that was written a moment ago', async () => {
    index = new CommitIndex(folder, { settling: 60_000, read });
    await look();
    assert.deepEqual(await look(), { commits: hashes, problems: [], read: hashes });
  });

  it('goes on where it was interrupted', async () => {
    hashes = [...hashes, ...await Promise.all(Array.from({ length: 200 }, (_, number) => add(`more ${number}`)))].sort();
    const stop = new AbortController();
    reads = [];
    index = new CommitIndex(folder, { settling: 0, read: async (where, hash) => {
      stop.abort();
      return read(where, hash);
    } });
    await assert.rejects(index.read(stop.signal));
    const before = new Set(reads);
    assert.ok(before.size > 0 && before.size < hashes.length);
    assert.deepEqual((await look()).read, hashes.filter((hash) => !before.has(hash)));
  });

  it('has nothing to say of a folder that is not there', async () => {
    await rm(folder, { recursive: true });
    assert.deepEqual(await look(), { commits: [], problems: [], read: [] });
  });

  it('leads to the same outline as reading everything', async () => {
    for (const fixture of ['branches/repo', 'branches/repo-detached', 'corrupt/repo-bad-json', 'corrupt/repo-missing-pieces', 'checkpoint/repo']) {
      const [name = '', part = ''] = fixture.split('/');
      const repository = await Repository.open(join(await copyFixture(name), part));
      const { commits, problems, ...state } = await repository.state();
      const outline = await repository.outline(repository.commitIndex());
      assert.deepEqual({ ...outline, problems: outline.problems.map(({ message }) => message) },
        { ...state, commits: new Set(commits.keys()), problems: problems.map(({ message }) => message) }, fixture);
    }
  });
});
