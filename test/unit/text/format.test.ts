import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  formatAge, formatDay, formatAheadBehind, formatBytes, formatBytesOf, formatCountOf, formatDuration, formatExactBytes, formatRate,
  formatTensor, formatTime, formatTimestamp, shortHash, speakAheadBehind, speakChanges,
} from '../../../src/text/format';

describe('format', () => {
  const bytes: [number, string][] = [
    [0, '0 bytes'], [1, '1 byte'], [512, '512 bytes'], [999, '999 bytes'], [1000, '1.0 kB'], [8_192, '8.2 kB'], [99_940, '99.9 kB'],
    [99_960, '100 kB'], [999_499, '999 kB'], [999_600, '1.0 MB'], [12_400_000, '12.4 MB'], [6_800_000_000, '6.8 GB'], [3e12, '3.0 TB'], [7e18, '7000 PB'],
  ];
  for (const [count, text] of bytes) it(`says ${count} bytes as ${text}`, () => assert.equal(formatBytes(count), text));

  it('gives the exact number of bytes, once', () => {
    const texts = [0, 1, 256, 999, 1000, 12_400_000].map(formatExactBytes);
    assert.deepEqual(texts, ['0 bytes', '1 byte', '256 bytes', '999 bytes', '1.0 kB (1,000 bytes)', '12.4 MB (12,400,000 bytes)']);
  });

  it('gives a part in the unit of the whole', () => {
    assert.equal(formatBytesOf(3_100_000_000, 6_800_000_000), '3.1 of 6.8 GB');
    assert.equal(formatBytesOf(400_000, 6_800_000_000), '0.0 of 6.8 GB');
    assert.equal(formatBytesOf(0, 500), '0 of 500 bytes');
    assert.equal(formatBytesOf(9, 5), '5 of 5 bytes');
  });

  it('gives rates without needless digits', () => {
    assert.deepEqual([92_400_000, 3_140_000, 9_960_000, 640].map(formatRate), ['92 MB/s', '3.1 MB/s', '10 MB/s', '640 bytes/s']);
  });

  it('counts with thousands and the right number', () => {
    assert.equal(formatCountOf(0, 'weight'), '0 weights');
    assert.equal(formatCountOf(1, 'weight'), '1 weight');
    assert.equal(formatCountOf(98_212, 'weight'), '98,212 weights');
  });

  const durations: [number, string][] = [
    [40, '0 s'], [400, '0.4 s'], [3_000, '3 s'], [9_940, '9.9 s'], [9_960, '10 s'], [40_000, '40 s'], [59_600, '1 min'], [74_000, '1 min 14 s'],
    [3_600_000, '1 h'], [7_500_000, '2 h 5 min'],
  ];
  for (const [milliseconds, text] of durations) it(`says ${milliseconds} ms as ${text}`, () => assert.equal(formatDuration(milliseconds), text));

  it('says when something was, with the date when that was another day', () => {
    const at = (...moment: [number, number, number, number, number]) => new Date(...moment).getTime();
    assert.equal(formatTime(at(2026, 10, 22, 9, 5), at(2026, 10, 22, 23, 59)), '09:05');
    assert.equal(formatTime(at(2026, 10, 21, 23, 59), at(2026, 10, 22, 0, 1)), '2026-11-21 23:59');
  });

  it('says how old something is in words that hold until midnight', () => {
    const at = (...moment: [number, number, number, number, number]) => new Date(...moment).getTime();
    const now = at(2026, 10, 22, 0, 5);
    const ages: [number, string][] = [
      [at(2026, 10, 22, 0, 1), 'at 00:01'], [at(2026, 10, 21, 23, 59), 'yesterday'], [at(2026, 10, 21, 0, 0), 'yesterday'],
      [at(2026, 10, 20, 23, 0), '2 days ago'], [at(2026, 10, 16, 12, 0), '6 days ago'], [at(2026, 10, 15, 12, 0), 'on 2026-11-15'],
    ];
    for (const [time, text] of ages) assert.equal(formatDay(time, now), text);
  });

  it('shows what is ahead and behind, and says it', () => {
    assert.equal(formatAheadBehind(3, 2), '2↓ 3↑');
    assert.equal(formatAheadBehind(1_204, 0), '1,204↑');
    assert.equal(formatAheadBehind(0, 0), '');
    assert.equal(speakAheadBehind(1, 2), '2 weights to pull, 1 weight to push');
    assert.equal(speakAheadBehind(0, 0), '');
  });

  it('shortens hashes and writes tensors', () => {
    assert.equal(shortHash('9f3a61c2d1e0b7a8'), '9f3a61c2…');
    assert.equal(formatTensor('float16', [4096, 4096]), 'float16 [4096, 4096]');
    assert.equal(formatTensor('float32', []), 'float32 []');
  });

  it('says how long ago a commit was made, and when where that says nothing', () => {
    const now = new Date(2026, 10, 22, 15, 0).getTime();
    const minute = 60_000;
    const ages = [[0, 'now'], [5, '5 min ago'], [59.9, '59 min ago'], [60, '1 h ago'], [23.9 * 60, '23 h ago'], [24 * 60, '1 day ago'], [30 * 1440, '30 days ago'],
      [31 * 1440, '2026-10-22'], [-1, 'now'], [-90, '16:30']] as const;
    for (const [minutes, text] of ages) assert.equal(formatAge(now - minutes * minute, now), text);
    assert.equal(formatAge(Date.parse('someday'), now), '');
  });

  it('shows the time of a commit as it is written, without its fraction', () => {
    assert.equal(formatTimestamp('2026-11-22T13:46:24.337686'), '2026-11-22 13:46:24');
    assert.equal(formatTimestamp('2026-11-22T13:46:24'), '2026-11-22 13:46:24');
    assert.equal(formatTimestamp(''), 'not known');
  });

  it('counts what a commit changed', () => {
    assert.equal(speakChanges({ added: 1204, changed: 0, removed: 2 }), '1,204 added, 2 removed');
    assert.equal(speakChanges({ added: 0, changed: 0, removed: 0 }), 'nothing changed');
  });
});
