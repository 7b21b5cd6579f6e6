import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { RefsOfRepository } from '../../../src/vscode/model/commitRefs';
import type { RepositorySnapshot } from '../../../src/worker/protocol/repository';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];
const remote = (name: string): RepositorySnapshot['remotes'][number] => ({ name, url: '', backend: 'file', region: undefined, endpointUrl: undefined, autoPush: false, autoPull: false, place: { url: '', credentialsSource: 'none needed' } });
const snapshot: RepositorySnapshot = {
  root: '/r', realRoot: '/r', branch: 'main', commit: b, branches: { dev: b, main: b, new: '', old: a }, tags: [{ name: 'v1', commit: a, description: 'first' }],
  trackingRefs: { origin: { main: a, gone: c }, removed: { main: b } }, commits: 2, staged: 0, trainingStates: 0, weights: 0, remotes: [remote('origin'), remote('backup')], problems: [],
};

describe('refs of a repository', () => {
  it('finds branches, the current one first, remote branches and tags at their commits', () => {
    const refs = new RefsOfRepository(snapshot, {});
    assert.deepEqual(refs.at(b), { isHead: true, names: ['main', 'dev'], tags: [] });
    assert.deepEqual(refs.at(a), { isHead: false, names: ['old', 'origin/main'], tags: [{ name: 'v1', description: 'first' }] });
    assert.deepEqual(refs.at(c).names, ['origin/gone']);
    assert.deepEqual(refs.at('').names, []);
  });

  it('what a remote says now counts more than what was written down, and a remote that is gone not at all', () => {
    const { remoteRefs } = new RefsOfRepository(snapshot, { origin: { main: b }, backup: { main: a } });
    assert.deepEqual(remoteRefs, [{ remote: 'origin', branch: 'main', commit: b }, { remote: 'backup', branch: 'main', commit: a }]);
  });

  it('a detached HEAD is a ref of its own', () => {
    const refs = new RefsOfRepository({ ...snapshot, branch: undefined, commit: a }, {});
    assert.deepEqual(refs.at(a), { isHead: true, names: ['HEAD', 'old', 'origin/main'], tags: [{ name: 'v1', description: 'first' }] });
    assert.deepEqual(refs.at(b), { isHead: false, names: ['dev', 'main'], tags: [] });
  });
});
