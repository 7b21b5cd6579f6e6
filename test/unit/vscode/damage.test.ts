import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Depth, Finding } from '../../../src/core/repository/integrity/integrityReport';
import { Damage } from '../../../src/vscode/model/damage';

const [one, two] = ['1', '2'].map((digit) => digit.repeat(16)) as [string, string];
const finding = (hash: string, part: Partial<Finding> = {}): Finding => ({ severity: 'error', subject: 'weight', fault: 'damaged', hash, message: `${hash} is damaged`, mend: 'fetch', ...part });
const check = (depth: Depth, ...findings: Finding[]) => ({ depth, findings });
const damaged = (damage: Damage<string>, place = 'here') => [one, two].filter((hash) => damage.of(place, hash));

describe('Damage', () => {
  const none = new Damage<string>();

  it('is what a check found, in the place it was found in', () => {
    const damage = none.afterCheck('here', check('deep', finding(one), finding(two, { fault: 'missing' }))).afterCheck('origin', check('deep', finding(one), finding(two)));
    assert.deepEqual([damaged(damage), damaged(damage, 'origin'), damaged(damage, 'backup')], [[one], [one, two], []]);
    assert.deepEqual([damage.count('here'), damage.count('here', 'origin'), damaged(none)], [1, 2, []]);
  });

  it('ends with a check that looks as closely and finds the weight sound', () => {
    const deep = none.afterCheck('here', check('deep', finding(one)));
    assert.deepEqual(damaged(deep.afterCheck('here', check('shallow'))), [one]);
    assert.deepEqual(damaged(deep.afterCheck('here', check('deep'))), []);
    assert.deepEqual(damaged(deep.afterCheck('origin', check('deep'))), [one]);
    assert.deepEqual(damaged(none.afterCheck('here', check('shallow', finding(one))).afterCheck('here', check('shallow', finding(two)))), [two]);
  });

  it('stays where a later check could not read the weight', () => {
    const damage = none.afterCheck('here', check('deep', finding(one))).afterCheck('here', check('deep', finding(one, { fault: 'unread', severity: 'warning' })));
    assert.deepEqual(damaged(damage), [one]);
  });

  it('ends with a repair of that very weight', () => {
    const damage = none.afterCheck('here', check('deep', finding(one), finding(two)));
    assert.deepEqual(damaged(damage.afterRepair('here', [{ hash: one }])), [two]);
  });

  it('is not what this program merely cannot read, nor a delta or a commit', () => {
    const others = [finding(one, { severity: 'warning' }), finding(two, { subject: 'delta' }), finding(two, { subject: 'commit' })];
    assert.deepEqual(damaged(none.afterCheck('here', check('deep', ...others))), []);
    assert.deepEqual(damaged(none.afterCheck('here', check('deep', finding(one, { severity: 'warning', subject: 'metadata' })))), [one]);
  });
});
