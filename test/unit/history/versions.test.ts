import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CoralError } from '../../../src/core/base/errors';
import { readVersions } from '../../../src/core/history/versions';
import { fixturePath, temporaryFolder } from '../support/fixtures';

describe('versions', () => {
  it('reads what the Python tool tagged', async () => {
    const noProblem = (problem: CoralError): never => { throw problem; };
    assert.deepEqual(await readVersions(fixturePath('branches', 'repo', '.coral'), noProblem), [
      { versionId: 'f8500df9294ae930', commitHash: 'ec408be61c5e9f745cd8892dd2806d75', name: 'v0.1', description: 'first tag' },
      { versionId: 'b400b65986853ea9', commitHash: '1bae96005626b0eea6dee4b65ecfaae5', name: 'v1.0', description: undefined },
    ]);
    assert.deepEqual(await readVersions(fixturePath('empty', 'repo', '.coral'), noProblem), []);
  });

  it('reports a damaged one, and reads the others', async () => {
    const coral = await temporaryFolder();
    await mkdir(join(coral, 'versions'));
    const write = (name: string, text: string): Promise<void> => writeFile(join(coral, 'versions', name), text);
    await write('a.json', '{"version_id": "a", "name": "x"');
    await write('b.json', JSON.stringify({ version_id: 'b', name: 'evil', commit_hash: '../../x' }));
    await write('c.json', JSON.stringify({ version_id: 'c', name: 'good', commit_hash: '0'.repeat(32), description: null }));
    await write('.c.json.tmp', 'half');
    const problems: CoralError[] = [];
    assert.deepEqual((await readVersions(coral, (problem) => problems.push(problem))).map(({ name }) => name), ['good']);
    assert.deepEqual(problems.map(({ reason, path }) => [reason, path]).sort(), ['a', 'b'].map((name) => ['corrupt', join(coral, 'versions', `${name}.json`)]));
  });
});
