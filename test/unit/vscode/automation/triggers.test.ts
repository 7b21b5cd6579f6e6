import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { NewCommits } from '../../../../src/vscode/automation/newCommits';
import { Refusals } from '../../../../src/vscode/automation/refusals';

describe('NewCommits', () => {
  const readings = (...seen: [commit: string | undefined, commits: number][]): boolean[] => {
    const news = new NewCommits();
    return seen.map(([commit, commits]) => news.see({ root: '/r', commit, commits }));
  };

  it('tells a commit that was made while the window was open, the first one too', () => {
    assert.deepEqual(readings(['a', 1], ['a', 1], ['b', 2], ['b', 2], ['c', 3]), [false, false, true, false, true]);
    assert.deepEqual(readings([undefined, 0], ['a', 1]), [false, true]);
  });

  it('tells nothing on start-up or after a checkout', () => {
    assert.deepEqual(readings(['b', 2], ['a', 2], ['b', 2]), [false, false, false]);
  });

  it('misses none when a reading falls between the commit and the move of HEAD', () => {
    assert.deepEqual(readings(['a', 1], ['a', 2], ['b', 2]), [false, false, true]);
  });

  it('keeps repositories apart', () => {
    const news = new NewCommits();
    assert.deepEqual([news.see({ root: '/r', commit: 'a', commits: 1 }), news.see({ root: '/s', commit: 'b', commits: 2 })], [false, false]);
  });
});

describe('Refusals', () => {
  const remote = (reason: 'auth' | 'denied' | 'network') => ({ error: new CoralError(reason, 'No.') });

  it('stops at what the remote refuses, and at nothing else', () => {
    const refusals = new Refusals();
    assert.deepEqual([remote('auth'), remote('denied'), remote('network'), { error: undefined }].map((each) => refusals.isRefused(each)), [true, true, false, false]);
  });

  it('gives one more chance when it is told to, and stops again at the next refusal', () => {
    const refusals = new Refusals();
    const first = remote('auth');
    refusals.forgive([first, { error: undefined }]);
    assert.equal(refusals.isRefused(first), false);
    assert.equal(refusals.isRefused(remote('auth')), true);
  });
});
