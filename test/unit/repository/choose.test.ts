import { beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameFilter } from '../../../src/core/coralFolder/nameFilter';
import { Repository } from '../../../src/core/repository/repository';
import { copyRepository } from '../../samples/repositories';
import { copyFixture, fileUrl, missingFolder } from '../support/fixtures';

describe('a filter of names', () => {
  const passing = (names: readonly string[], include?: readonly string[], exclude?: readonly string[]): string[] => names.filter((name) => nameFilter(include, exclude)([name]));

  it('takes patterns by the letter but for * and ?', () => {
    const names = ['a.b', 'axb', 'a/b', 'a.b.c', 'A.b', 'a[0]', 'a\nb', 'ä.b', '😀.b'];
    assert.deepEqual(passing(names, ['a.b']), ['a.b']);
    assert.deepEqual(passing(names, ['a*']), ['a.b', 'axb', 'a/b', 'a.b.c', 'a[0]', 'a\nb']);
    assert.deepEqual(passing(names, ['?.b']), ['a.b', 'A.b', 'ä.b', '😀.b']);
    assert.deepEqual(passing(names, ['a[0]', '(', '*.c']), ['a.b.c', 'a[0]']);
    assert.deepEqual(passing(names, ['**']), names);
    assert.deepEqual(passing(names, [], []), []);
    assert.deepEqual(passing(names, undefined, ['*b*']), ['a[0]']);
  });

  it('asks one name to match include, and none to match exclude', () => {
    const shared = ['encoder.w', 'secret.w'];
    assert.equal(nameFilter(['encoder.*'])(shared), true);
    assert.equal(nameFilter(['decoder.*'])(shared), false);
    assert.equal(nameFilter(undefined, ['secret.*'])(shared), false);
    assert.equal(nameFilter(['encoder.*'], ['secret.*'])(shared), false);
    assert.equal(nameFilter(['encoder.*'], ['decoder.*'])(shared), true);
    assert.deepEqual([nameFilter(undefined, ['?*'])([]), nameFilter(undefined, ['*'])([]), nameFilter(['w'])([])], [true, false, false]);
  });
});

describe('a transfer of some names', function () {
  this.timeout(60_000);
  let origin: Repository;
  let folder: string;
  let secret: ReadonlySet<string>;

  beforeEach(async () => {
    origin = await copyRepository('branches/repo');
    folder = await missingFolder();
    await origin.addRemote('fresh', fileUrl(folder));
    secret = new Set([...(await origin.state()).commits.values()].flatMap(({ weightHashes }) => weightHashes['w9'] ?? []));
    assert.equal(secret.size, 1);
  });

  const refs = async (): Promise<Record<string, string>> => (JSON.parse(await readFile(join(folder, 'refs.json'), 'utf8')) as { refs: Record<string, string> }).refs;
  const options = { exclude: ['w9'], filterCalled: 'the settings' };

  it('pushes the rest, keeps back commits and branches that need what was left out, and says how many weights that were', async () => {
    const preview = await origin.preview('fresh', { direction: 'push', ...options });
    const result = await origin.push('fresh', options);
    assert.deepEqual(result.errors, []);
    assert.equal(result.warnings[0], '1 weight was left out by the settings.');
    assert.equal(preview.warnings[0], result.warnings[0]);
    assert.deepEqual([preview.push?.weights, preview.push?.history?.commits], [result.pushedWeights, result.pushedCommits]);
    const status = await origin.getSyncStatus('fresh');
    assert.deepEqual(new Set(status.ahead), secret);
    assert.equal(status.isSynced, false);
    const held = Object.entries(await origin.branches()).filter(([, tip]) => (status.kinds.commits.ahead).includes(tip)).map(([name]) => name);
    assert.ok(held.length > 0);
    assert.deepEqual(Object.keys(await refs()).sort(), Object.keys(await origin.branches()).filter((name) => !held.includes(name)).sort());
    for (const name of held) assert.match(result.warnings.join('\n'), new RegExp(`Branch "${name}" was not moved`));
    assert.deepEqual((await origin.push('fresh')).warnings, []);
    assert.deepEqual([(await origin.getSyncStatus('fresh')).isSynced, await refs()], [true, await origin.branches()]);
  });

  it('pulls the rest without an error, and follows no branch to what is not here', async () => {
    await origin.push('fresh');
    const empty = await copyRepository('empty/repo');
    await empty.addRemote('fresh', fileUrl(folder));
    const result = await empty.pull('fresh', options);
    assert.deepEqual(result.errors, []);
    assert.equal(result.warnings[0], '1 weight was left out by the settings.');
    assert.deepEqual(new Set((await empty.getSyncStatus('fresh')).behind), secret);
    const tracked = await readdir(join(empty.root, '.coral/refs/remotes/fresh'));
    const held = Object.keys(await origin.branches()).filter((name) => !tracked.includes(name));
    assert.ok(held.length > 0);
    for (const name of held) assert.match(result.warnings.join('\n'), new RegExp(`Branch "${name}" of fresh was not followed`));
  });

  it('counts only what would have moved, with force what would have been sent again', async () => {
    await origin.push('fresh');
    assert.deepEqual((await origin.push('fresh', options)).warnings, []);
    const again = await origin.push('fresh', { ...options, force: true });
    assert.deepEqual([again.errors, again.warnings[0]], [[], '1 weight was left out by the settings.']);
    assert.deepEqual(again.pushedWeights, (await origin.getSyncStatus('fresh')).synced.length - 1);
  });

  it('goes by force past what only the other side holds', async () => {
    const other = await Repository.open(join(await copyFixture('ahead-behind'), 'repo'));
    const result = await other.push('origin', { exclude: ['no such name'], force: true });
    assert.deepEqual([result.errors, result.warnings], [[], []]);
  });

  it('does not concern weights that were chosen one by one', async () => {
    const result = await origin.push('fresh', { weightHashes: secret, ...options });
    assert.deepEqual([result.pushedWeights, result.warnings], [1, []]);
  });

  it('holds for what no commit names, by the name it is stored under, and for deltas', async () => {
    const basic = await Repository.open(join(await copyFixture('ahead-behind'), 'repo'));
    const committed = new Set([...(await basic.state()).commits.values()].flatMap(({ weightHashes }) => Object.values(weightHashes)));
    const { pull } = await basic.preview('origin', { direction: 'pull' });
    const stored = pull?.first.find(({ hash, name }) => !committed.has(hash) && name !== undefined);
    assert.ok(stored?.name, 'the remote holds a weight that no commit names');
    const without = await basic.preview('origin', { direction: 'pull', exclude: [stored.name] });
    assert.ok(without.pull && without.pull.weights < pull!.weights && !without.pull.first.some(({ hash }) => hash === stored.hash));
    const deltas = await copyRepository('deltas/stage-sparse-few');
    await deltas.addRemote('fresh', fileUrl(await missingFolder()));
    const [commit] = await deltas.log();
    await deltas.push('fresh', { weightHashes: Object.values(commit!.weightHashes) });
    const held = await deltas.push('fresh', { exclude: ['b'] });
    assert.deepEqual([held.pushedDeltas, held.pushedCommits, held.errors], [0, 0, []]);
    assert.match(held.warnings.join(), /because weights that they name were left out/);
    const all = await deltas.push('fresh');
    assert.deepEqual([all.pushedDeltas, all.pushedCommits], [1, 1]);
  });
});
