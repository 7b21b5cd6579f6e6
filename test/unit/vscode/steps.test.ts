import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { back, runSteps, type Step } from '../../../src/vscode/ask/steps';

type Answers = Readonly<Record<string, string>>;

/** Steps that take their answers from a script, and note what they were asked. */
function scripted(names: readonly string[], script: readonly (string | typeof back | undefined)[], applies: Readonly<Record<string, (answers: Answers) => boolean>> = {}) {
  const asked: string[] = [];
  const left = [...script];
  const steps = names.map((name): Step<Answers> => ({
    ...(applies[name] && { applies: applies[name] }),
    ask: async (answers, { step, totalSteps }) => {
      asked.push(`${name} ${step}/${totalSteps}${name in answers ? ` was ${answers[name]!}` : ''}`);
      const answer = left.shift();
      return typeof answer === 'string' ? { ...answers, [name]: answer } : answer;
    },
  }));
  return { asked, run: () => runSteps(steps, {}) };
}

describe('runSteps', () => {
  it('asks one after another', async () => {
    const { asked, run } = scripted(['a', 'b'], ['1', '2']);
    assert.deepEqual(await run(), { a: '1', b: '2' });
    assert.deepEqual(asked, ['a 1/2', 'b 2/2']);
  });

  it('goes back to the question before, which begins with its last answer', async () => {
    const { asked, run } = scripted(['a', 'b', 'c'], ['1', '2', back, back, '3', '4', '5']);
    assert.deepEqual(await run(), { a: '3', b: '4', c: '5' });
    assert.deepEqual(asked, ['a 1/3', 'b 2/3', 'c 3/3', 'b 2/3 was 2', 'a 1/3 was 1', 'b 2/3 was 2', 'c 3/3']);
  });

  it('leaves out what does not apply, on the way back too, and counts accordingly', async () => {
    const { asked, run } = scripted(['a', 'b', 'c'], ['without', back, 'with', '2', '3'], { b: ({ a }) => a !== 'without' });
    assert.deepEqual(await run(), { a: 'with', b: '2', c: '3' });
    assert.deepEqual(asked, ['a 1/3', 'c 2/2', 'a 1/2 was without', 'b 2/3', 'c 3/3']);
  });

  it('gives nothing when a question is left, or gone back from before the first', async () => {
    assert.equal(await scripted(['a', 'b'], ['1', undefined]).run(), undefined);
    assert.equal(await scripted(['a'], [back]).run(), undefined);
  });
});
