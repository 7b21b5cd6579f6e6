import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { verifiedCommit } from '../../../src/core/history/verifiedCommit';
import { checkRepository } from '../../../src/core/repository/integrity/checkRepository';
import { inspectRemotes } from '../../../src/core/remotes/remotesFindings';
import { Repository } from '../../../src/core/repository/repository';
import { copyFixture } from '../support/fixtures';

const commit = 'a71793267329d0aaf28b2efb5d0427d6';

async function open(): Promise<{ repository: Repository; coral: string; remote: string }> {
  const folder = await copyFixture('branches');
  return { repository: await Repository.open(join(folder, 'repo')), coral: join(folder, 'repo', '.coral'), remote: join(folder, 'remote') };
}

describe('JSON that is nested 100,000 deep', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const deepCommit = `{"commit_hash": "${'b'.repeat(32)}", "parent_hashes": [], "weight_hashes": {}, "delta_weights": {}, "metadata": {"tags": ${deep}}}`;

  for (const where of ['here', 'on the remote']) {
    it(`in a commit ${where}: that commit is damaged and named, and the rest goes`, async () => {
      const { repository, coral, remote } = await open();
      const folder = where === 'here' ? join(coral, 'objects', 'commits') : join(remote, 'commits');
      await mkdir(folder, { recursive: true });
      const path = join(folder, `${'b'.repeat(32)}.json`);
      await writeFile(path, deepCommit);
      const { warnings } = await repository.getSyncStatus('origin');
      const { problems } = await repository.state();
      assert.deepEqual(problems.map((problem) => [problem.reason, problem.path]), where === 'here' ? [['corrupt', path]] : []);
      const { errors, pushedCommits } = await repository.push('origin');
      assert.ok(pushedCommits > 0);
      const told = `${path}, line 1: it is nested more than`;
      assert.ok((where === 'here' ? errors.map(({ message }) => message) : warnings).some((text) => text.includes(told)), JSON.stringify([errors, warnings]));
      assert.ok(errors.every(({ reason }) => reason === 'corrupt'));
    });
  }

  it('elsewhere: each file is a problem of its own', async () => {
    const { repository, coral } = await open();
    await mkdir(join(coral, 'staging'), { recursive: true });
    const files = ['remotes.json', 'refs/heads/main', 'staging/staged.json', 'versions/b400b65986853ea9.json'];
    // No branch file is that long.
    for (const file of files) await writeFile(join(coral, file), file.startsWith('refs') ? `{"x": ${'['.repeat(50_000)}` : `{"x": ${deep}}`);
    const { problems } = await repository.state();
    assert.deepEqual(problems.filter(({ message }) => /nested more than/.test(message)).map(({ path }) => path).sort(), files.map((file) => join(coral, file)).sort());
    assert.match(inspectRemotes(`{"x": ${deep}}`)[0]!.message, /nested more than/);
  });
});

describe('numbers as Python writes them', () => {
  const metrics = '{"loss": NaN, "best": -Infinity, "worst": Infinity, "steps": 12345678901234567890, "lr": 1e-07, "one": 1.0}';
  const version = `{\n  "version_id": "4ccb74d8baaed951",\n  "commit_hash": "${commit}",\n  "name": "v2",\n  "description": null,\n  "metrics": ${metrics}\n}`;

  it('in the metrics of a version are read, pushed and pulled byte for byte', async () => {
    const { repository, coral, remote } = await open();
    const path = join('versions', '4ccb74d8baaed951.json');
    await writeFile(join(coral, path), version);
    const { versions, problems } = await repository.state();
    assert.deepEqual([problems, versions.find(({ name }) => name === 'v2')?.commitHash], [[], commit]);
    assert.deepEqual((await checkRepository(repository, { depth: 'shallow' })).findings.filter(({ severity }) => severity === 'error'), []);
    assert.deepEqual((await repository.push('origin')).errors, []);
    assert.equal(await readFile(join(remote, path), 'utf8'), version);
    await rm(join(coral, path));
    assert.deepEqual((await repository.pull('origin')).errors, []);
    assert.equal(await readFile(join(coral, path), 'utf8'), version);
  });

  it('in a commit count for its hash as Python has it', () => {
    // The hash is what hashlib and json.dumps(sort_keys=True) of Python 3.11 gave.
    const text = '{"commit_hash": "b84f22260b3dc3732af7eaba69b4fcaa", "parent_hashes": [], "weight_hashes": {}, "delta_weights": {}, "metadata": {"author": 1.0, '
      + '"email": 12345678901234567890, "message": [NaN, Infinity, -Infinity, 1e+16, 1e-07, true, null], "timestamp": "2026-01-01T00:00:00", "tags": []}}';
    assert.equal(verifiedCommit(Buffer.from(text), '/b84f22260b3dc3732af7eaba69b4fcaa.json').metadata.timestamp, '2026-01-01T00:00:00');
    assert.throws(() => verifiedCommit(Buffer.from(text.replace('1.0', '1')), '/b84f22260b3dc3732af7eaba69b4fcaa.json'), /its content hashes to/);
  });
});

describe('a byte order mark', () => {
  const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
    'UTF-8': (text) => Buffer.from(`\ufeff${text}`),
    'UTF-16, as PowerShell 5 writes it': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
    'UTF-16 big-endian': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  };

  for (const [called, encode] of Object.entries(encodings)) {
    it(`(${called}) in any file of .coral does no harm`, async () => {
      const { repository, coral } = await open();
      await mkdir(join(coral, 'staging'), { recursive: true });
      await writeFile(join(coral, 'staging', 'staged.json'), '{"weights": {"w": "0123456789abcdef"}, "deltas": {}}');
      const before = await repository.state();
      assert.deepEqual(before.problems, []);
      const found = (await checkRepository(repository, { depth: 'shallow' })).findings;
      for (const file of ['HEAD', 'remotes.json', 'refs/heads/main', 'staging/staged.json', 'versions/b400b65986853ea9.json', `objects/commits/${commit}.json`]) {
        await writeFile(join(coral, file), encode(await readFile(join(coral, file), 'utf8')));
      }
      assert.deepEqual(await repository.state(), before);
      assert.deepEqual((await checkRepository(repository, { depth: 'shallow' })).findings, found);
    });

    it(`(${called}) stays when remotes.json is edited`, async () => {
      const { repository, coral } = await open();
      const path = join(coral, 'remotes.json');
      const text = await readFile(path, 'utf8');
      await writeFile(path, encode(text));
      await repository.renameRemote('backup', 'nas');
      assert.equal((await readFile(path)).toString('hex'), encode(text.replace('"backup"', '"nas"')).toString('hex'));
    });
  }

  it('shows nothing wrong in the editor either', () => {
    assert.deepEqual(inspectRemotes('\ufeff{"origin": {"url": "s3://b/p/", "backend": "s3"}}'), []);
    const [finding] = inspectRemotes('\ufeff{"origin": {"url": "s3://b/p", "backend": "s3"}}');
    assert.equal(finding?.offset, '\ufeff{"origin": {"url": '.length);
  });
});
