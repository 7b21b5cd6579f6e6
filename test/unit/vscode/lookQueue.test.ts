import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { LookQueue } from '../../../src/vscode/model/lookQueue';

const soon = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('LookQueue', () => {
  const many = (queue: LookQueue, count: number) => {
    const begun: number[] = [];
    const turns = Array.from({ length: count }, (_, index) => {
      const turn = queue.take();
      void turn.come.then(() => begun.push(index));
      return turn;
    });
    return { begun, turns };
  };

  it('lets six go at once, and the others in order as those end', async () => {
    const { begun, turns } = many(new LookQueue(), 10);
    await soon();
    assert.deepEqual(begun, [0, 1, 2, 3, 4, 5]);
    turns[3]!.done();
    turns[3]!.done();
    await soon();
    assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6]);
  });

  it('lets one go that somebody waits for, and others only when there is room again', async () => {
    const { begun, turns } = many(new LookQueue(), 10);
    turns[9]!.hurry();
    turns[9]!.hurry();
    await soon();
    assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 9]);
    turns[0]!.done();
    await soon();
    assert.equal(begun.length, 7);
    turns[1]!.done();
    await soon();
    assert.deepEqual(begun.slice(7), [6]);
  });

  it('forgets one that gives up before its turn', async () => {
    const { begun, turns } = many(new LookQueue(), 8);
    turns[6]!.done();
    for (const turn of turns.slice(0, 6)) turn.done();
    await soon();
    assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 7]);
  });
});
