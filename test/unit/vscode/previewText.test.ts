import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TransferPreview } from '../../../src/core/sync/transferPreview';
import type { MovePreview } from '../../../src/core/sync/describeWeights';
import { movesNothing, previewText as previewLines, remarks, summaryText } from '../../../src/vscode/wording/previewText';

const nothing: MovePreview = { weights: 0, bytes: 0, isEstimate: false, first: [], scalars: [], blocked: [], present: 0 };
const preview = (fields: Partial<TransferPreview>): TransferPreview => ({ remote: 'origin', warnings: [], fingerprint: '', ...fields });

const previewText = (...given: Parameters<typeof previewLines>): string => previewLines(...given).join('\n');

describe('previewText', () => {
  it('says in one sentence what would move', () => {
    const push = { ...nothing, weights: 31, bytes: 4_700_000 };
    const pull = { ...nothing, weights: 2, bytes: 1_100_000 };
    assert.equal(summaryText(preview({ push, pull })), '31 weights (4.7 MB) will be pushed, 2 (1.1 MB) pulled.');
    assert.equal(summaryText(preview({ push: nothing, pull: { ...pull, weights: 1, isEstimate: true } })), '1 weight (about 1.1 MB) will be pulled.');
    assert.equal(summaryText(preview({ push: nothing })), 'Nothing will move.');
  });

  it('lays out names, hashes, types and sizes in columns, and says how many more there are', () => {
    const first = [
      { hash: '9f3a61c2d1e0b7a8', name: 'head.weight', dtype: 'float16', shape: [16, 128], bytes: 4096 },
      { hash: '0b77d9e4d1e0b7a8', name: 'b', dtype: 'float32', shape: [], bytes: 4 }, { hash: 'c1d2e3f4d1e0b7a8' },
    ];
    const push = { ...nothing, weights: 98_215, bytes: 6_800_000_000, first, present: 87, room: { path: '/data', free: 9_000_000_000 } };
    assert.equal(previewText({ direction: 'push' }, preview({ push, warnings: ['Mind the gap.'] }), new Date(2026, 10, 21, 15, 57).getTime()), [
      'Push to origin: 98,215 weights (6.8 GB) will be pushed.',
      'Preview of 15:57. Nothing has moved yet.', '',
      'To push: 98,215 weights, 6.8 GB (9.0 GB free there)',
      '  head.weight  9f3a61c2…  float16 [16, 128]   4.1 kB',
      '  b            0b77d9e4…  float32 []         4 bytes',
      '  unnamed      c1d2e3f4…',
      '  and 98,212 more',
      '  (87 weights there already)', '',
      'Good to know', '  Mind the gap.', '',
    ].join('\n'));
  });

  it('sets apart what cannot move, and says when there is no room', () => {
    const pull = { ...nothing, weights: 1, bytes: 6_800_000_000, blocked: [{ hash: 'ffff', why: 'ffff is not there.' }], room: { path: '/data', free: 1_200_000_000 } };
    const shown = preview({ pull });
    assert.deepEqual(remarks(shown), ['1 weight cannot move.', 'Pulling needs up to 6.8 GB; 1.2 GB are free in /data.']);
    assert.match(previewText({ direction: 'pull' }, shown, 0), /\nCannot be pulled: 1 weight\n {2}ffff {2}ffff is not there\.\n/);
    assert.equal(movesNothing(preview({ pull: { ...pull, weights: 0 } })), false);
    assert.equal(movesNothing(preview({ push: nothing, pull: nothing })), true);
  });

  it('tells what goes besides weights, and what stays behind', () => {
    const history = { deltas: 1, commits: 2, versions: 0, states: 0, checkpoints: 0, names: 0, branches: ['main', 'team/a\n'], held: ['Branch "dev" will not be moved.'] };
    const push = { ...nothing, weights: 31, bytes: 4_700_000, first: [{ hash: '9f3a61c2d1e0b7a8', name: 'w' }], history };
    const pull = { ...nothing, history: { ...history, deltas: 0, commits: 0, branches: ['main'], held: [] } };
    assert.equal(summaryText(preview({ push, pull })), '31 weights (4.7 MB), 2 commits and 1 delta will be pushed, 1 branch pulled.');
    const training = { ...nothing, history: { ...pull.history, states: 2, checkpoints: 1 } };
    assert.equal(summaryText(preview({ pull: training })), '2 training states and 1 checkpoint list will be pulled.');
    assert.equal(previewText({ direction: 'push' }, preview({ push }), 0).split('\n').slice(3).join('\n'), [
      'To push: 31 weights, 4.7 MB', '  with 2 commits and 1 delta', '  Branch main moves there', '  Branch team/a⏎ moves there', '', '  w  9f3a61c2…', '  and 30 more', '',
      'Stays behind', '  Branch "dev" will not be moved.', '',
    ].join('\n'));
    assert.match(previewText({ direction: 'pull' }, preview({ pull }), 0), /\nTo pull: no weight\n {2}1 branch\n {2}Branch main moves here\n/);
    assert.deepEqual(remarks(preview({ push })), ['Branch "dev" will not be moved.']);
    assert.equal(movesNothing(preview({ pull })), false);
    assert.equal(movesNothing(preview({ pull: { ...nothing, history: { ...history, deltas: 0, commits: 0, branches: [] } } })), true);
  });

  it('keeps outside text in its line', () => {
    const push = { ...nothing, weights: 1, first: [{ hash: '9f3a61c2d1e0b7a8', name: 'a\nTo pull: 9 weights\u202e' }] };
    assert.match(previewText({ direction: 'push' }, preview({ push }), 0), /\n {2}a⏎To pull: 9 weights� {2}9f3a61c2…\n/);
  });
});
