import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { CoralError } from '../../../../src/core/base/errors';
import { logged } from '../../../../src/core/storage/objects/decorators/logged';
import { MemoryObjects } from '../../support/memoryObjects';

describe('logged', () => {
  it('tells of each request how it ended, in a line', async () => {
    const lines: string[] = [];
    const inner = new MemoryObjects({ ifAbsent: true, ifMatch: 'quoted' });
    const objects = logged(inner, (line) => lines.push(line.replace(/\d+ ms \(.*\)$/, 'N ms')));
    await objects.put('weights/a.npz', new Uint8Array(7), { metadata: { secret: 'never shown' } });
    await objects.head('weights/a.npz');
    await objects.get('weights/b\n.npz', { start: 0, end: 10 });
    for await (const { key } of objects.list('weights/')) assert.equal(key, 'weights/a.npz');
    await objects.delete(['weights/a.npz']);
    inner.beforePut = () => { throw new CoralError('denied', 'No.'); };
    await assert.rejects(objects.put('x', new Uint8Array(1)), (error) => CoralError.is(error, 'denied'));
    assert.deepEqual(lines, [
      'PUT weights/a.npz (7 bytes): ok, N ms', 'HEAD weights/a.npz: ok, N ms', 'GET weights/b⏎.npz (bytes 0 to 9): not there, N ms',
      'LIST weights/: ok, 1 keys, N ms', 'DELETE weights/a.npz: ok, N ms', 'PUT x (1 bytes): denied, N ms',
    ]);
  });
});
