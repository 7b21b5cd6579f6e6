import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { safeText } from '../../../src/text/safeText';
import { LogBudget } from '../../../src/vscode/ui/logBudget';

describe('the log', () => {
  it('has no 80 MB after 40 errors of 2 MB', () => {
    const budget = new LogBudget();
    const errors = Array.from({ length: 40 }, (_, index) => `error ${index}: ${'\n[info] forged '.repeat(140_000)}`);
    const written = errors.flatMap((error, index) => budget.take(safeText(error, 'log'), index));
    assert.equal(written.length, 40);
    assert.ok(written.join('\n').length < 85_000);
    assert.ok(written.every((line) => !line.includes('\n')));
    assert.match(written[0]!, /^error 0: ⏎\[info\] forged .* characters more\)$/);
  });

  it('counts a line that repeats itself', () => {
    const budget = new LogBudget();
    const written = ['one', 'one', 'one', 'two', 'two', 'one'].flatMap((line, index) => budget.take(line, index));
    assert.deepEqual(written, ['one', 'The same again, 2 times.', 'two', 'The same again, once.', 'one']);
  });

  it('leaves out what is too much for a minute, says so, and goes on in the next', () => {
    const budget = new LogBudget(100);
    const line = (index: number): string => `line ${index} `.padEnd(20, '.');
    const first = Array.from({ length: 1_000 }, (_, index) => line(index)).flatMap((text) => budget.take(text, 0));
    assert.deepEqual(first, [0, 1, 2, 3, 4].map(line).concat('There is too much to log: for the rest of this minute it is left out.'));
    assert.deepEqual(budget.take(line(1_000), 59_999), []);
    assert.deepEqual(budget.take(line(1_001), 60_000), ['996 entries were left out.', line(1_001)]);
  });
});
