import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { CoralError } from '../../../src/core/base/errors';
import { choosePrefix } from '../../../src/core/remotes/bucketRemote';
import { MemoryObjects } from '../support/memoryObjects';

async function bucketWith(...keys: string[]): Promise<MemoryObjects> {
  const objects = new MemoryObjects({ ifAbsent: true, ifMatch: 'quoted' });
  for (const key of keys) await objects.put(key, Buffer.from('x'));
  return objects;
}

describe('choosePrefix', () => {
  const both = ['models/', 'models'] as const;

  it('takes the documented form where nothing lies yet, and where it is in use', async () => {
    assert.deepEqual(await choosePrefix(await bucketWith(), both, undefined), { prefix: 'models/', warnings: [] });
    assert.deepEqual(await choosePrefix(await bucketWith('models/weights/a.npz', 'modelsweights/b.npz'), both, undefined), { prefix: 'models/', warnings: [] });
  });

  it('takes the form of the Python commands where only that is in use, and says so', async () => {
    const { prefix, warnings } = await choosePrefix(await bucketWith('modelsweights/a.npz', 'models/refs.json'), both, undefined);
    assert.equal(prefix, 'models');
    assert.match(warnings.join(), /"modelsweights\/"/);
  });

  it('asks nothing where the URL has one meaning', async () => {
    const objects = await bucketWith();
    objects.list = () => { throw new Error('asked'); };
    assert.deepEqual(await choosePrefix(objects, ['coral/'], undefined), { prefix: 'coral/', warnings: [] });
  });

  it('leaves a missing bucket to whoever writes or reads, but not other failures', async () => {
    const objects = await bucketWith();
    objects.bucket = false;
    assert.equal((await choosePrefix(objects, both, undefined)).prefix, 'models/');
    objects.list = () => { throw new CoralError('auth', 'Who are you?'); };
    await assert.rejects(choosePrefix(objects, both, undefined), (error: unknown) => CoralError.is(error, 'auth'));
  });
});
