import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { checkRemote } from '../../../../src/core/repository/integrity/checkRemote';
import { checkRepository } from '../../../../src/core/repository/integrity/checkRepository';
import { planLocalPrune, pruneLocal } from '../../../../src/core/repository/integrity/pruneLocal';
import { planRepairOf, repair } from '../../../../src/core/repository/integrity/repair';
import { Repository } from '../../../../src/core/repository/repository';
import type { Progress } from '../../../../src/core/transfer/progress';
import { dumpStore } from '../../../samples/dumpStore';
import { missingPython } from '../../storage/hdf5/python';
import { noiseWeight, withStore } from '../../storage/hdf5/stores';
import { copyFixture } from '../../support/fixtures';
import { flipBit } from './damage';

async function open(): Promise<{ repository: Repository; store: string }> {
  const repository = await Repository.open(join(await copyFixture('basic'), 'repo'));
  return { repository, store: join(repository.root, '.coral/objects/weights.h5') };
}

/** Cancels `work` at its first word of that phase. */
async function cancelled(phase: Progress['phase'], work: (onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const onProgress = (progress: Progress): void => { if (progress.phase === phase) stop.abort(); };
  await assert.rejects(work(onProgress, stop.signal), (error) => CoralError.is(error, 'cancelled'));
  assert.ok(stop.signal.aborted, `nothing was said of ${phase}`);
}

describe('integrity commands', function () {
  this.timeout(30_000);
  before(function () {
    const reason = missingPython();
    if (reason === undefined) return;
    this.test!.title += ` (skipped: ${reason})`;
    this.skip();
  });

  it('a deep check says how far it is, in weights and bytes, and ends when it is cancelled', async () => {
    const { repository } = await open();
    for (const check of [
      (options: object) => checkRepository(repository, { depth: 'deep', ...options }), (options: object) => checkRemote(repository, 'origin', { depth: 'deep', ...options }),
    ]) {
      const told: Progress[] = [];
      const { checked } = await check({ onProgress: (progress: Progress) => { if (progress.phase === 'checking') told.push(progress); } });
      const last = told.at(-1);
      assert.deepEqual([last?.weightsDone, last?.weightsTotal, last?.bytesDone], [checked.weights, checked.weights, checked.bytes]);
      await cancelled('checking', (onProgress, signal) => check({ onProgress, signal }));
    }
  });

  it('a local prune that is cancelled changes nothing and leaves nothing behind', async () => {
    const { repository, store } = await open();
    await withStore(store, { mode: 'write' }, (file) => file.write(noiseWeight('stray', [10], 1)));
    const { drop } = await planLocalPrune(repository);
    const bytes = readFileSync(store);
    await cancelled('pruning', (onProgress, signal) => pruneLocal(repository, drop, { onProgress, signal }));
    assert.deepEqual(readFileSync(store), bytes);
    assert.deepEqual(readdirSync(join(store, '..')).sort(), ['commits', 'weights.h5']);
    assert.equal((await pruneLocal(repository, drop)).dropped, 1);
  });

  it('a repair that is cancelled loses nothing; running it again mends the rest', async () => {
    const { repository, store } = await open();
    const whole = dumpStore(store);
    for (const hash of ['b5adf40b90970f42', 'd317d6321f9320bf']) flipBit(store, `weights/${hash}`);
    const sources = [{ remote: 'origin', options: {} }];
    const plan = async (): ReturnType<typeof planRepairOf> => planRepairOf(repository, await checkRepository(repository, { depth: 'deep' }), sources);
    const first = await plan();
    assert.equal(first.steps.length, 2);
    await cancelled('pulling', (onProgress, signal) => repair(repository, first, sources, { onProgress, signal }));
    const { failed } = await repair(repository, await plan(), sources);
    assert.deepEqual(failed, []);
    assert.deepEqual(dumpStore(store), whole);
  });
});
