import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { checkRoom, roomAt } from '../../../src/core/storage/freeSpace';
import { MemoryStore, sampleWeights } from '../support/memoryStore';

describe('checkRoom', () => {
  it('tells what is needed and what is free, before anything is moved', async () => {
    const nowhere = join(tmpdir(), 'coral-not-made', 'yet');
    const store = Object.assign(new MemoryStore(sampleWeights(2)), { storedBytes: () => 4e15 });
    await assert.rejects(checkRoom(await store.list(), store, nowhere, 'Pulling'), (error) => {
      assert.ok(CoralError.is(error, 'full'));
      assert.match(error.message, /^Pulling needs 8\.0 PB; [\d.]+ [kMGT]?B are free on \/.+\. Free some space/);
      return true;
    });
    await checkRoom([], store, nowhere, 'Pulling');
    await checkRoom(await store.list(), new MemoryStore(sampleWeights(2)), nowhere, 'Pulling');
  });

  it('asks the folder that a folder not yet made will lie in', async () => {
    const room = await roomAt(join(tmpdir(), 'coral-not-made', 'yet'));
    assert.equal(room?.path, tmpdir());
    assert.ok(room.free > 0);
  });
});
