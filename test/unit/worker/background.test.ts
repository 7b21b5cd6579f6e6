import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Background } from '../../../src/worker/service/background';

describe('Background', () => {
  it('goes on at each turn only when what came first is done, and does one thing after another', async () => {
    const background = new Background();
    const done: string[] = [];
    let finish: (() => void) | undefined;
    const first = background.first(() => new Promise<void>((resolve) => { finish = resolve; })).then(() => done.push('first'));
    const one = background.later(async (turn) => {
      await turn();
      done.push('one');
      await turn();
      done.push('one again');
    });
    const other = background.later(async () => { done.push('other'); });
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    assert.deepEqual(done, []);
    finish?.();
    await Promise.all([first, one, other]);
    assert.deepEqual(done, ['first', 'one', 'one again', 'other']);
  });

  it('begins only once nobody has asked for anything for a moment', async () => {
    const background = new Background(200);
    await background.first(() => Promise.resolve());
    const begun = background.later(() => Promise.resolve(performance.now()));
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    const asked = performance.now();
    await background.first(() => Promise.resolve());
    const waited = await begun - asked;
    assert.ok(waited >= 195, `${waited} ms`);
  });

  it('is not stopped by what fails', async () => {
    const background = new Background();
    await assert.rejects(background.first(() => Promise.reject(new Error('first'))), /first/);
    await assert.rejects(background.later(() => Promise.reject(new Error('later'))), /later/);
    assert.equal(await background.later(async (turn) => { await turn(); return 5; }), 5);
  });
});
