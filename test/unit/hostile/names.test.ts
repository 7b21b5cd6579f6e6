import assert from 'node:assert/strict';
import { join, posix, sep, win32 } from 'node:path';
import { describe, it } from 'mocha';
import { Layout } from '../../../src/core/storage/objects/weights/layout';
import { ObjectWeightStore } from '../../../src/core/storage/objects/weights/objectWeightStore';
import { checkBranchName, checkRemoteName, isHash } from '../../../src/core/base/validate';
import { MemoryObjects } from '../support/memoryObjects';
import { pseudoRandom } from '../weights/streams';

const random = pseudoRandom(7);
const pieces = [
  '..', '.', '/', '\\', '%2e%2e', '%2f', '\u0000', '\n', 'CON', 'nul.txt', ':', '~', '*', '?', '<b>', '](command:x)', '$(error)', '`', '\u202e', '\ud800', 'é', 'e\u0301',
  '//', 'C:', '\\\\host\\share', '.npz', '.json', '0123456789abcdef', 'ABCDEF0123456789', '０１２３４５６７８９ａｂｃｄｅｆ', 'a', ' ', '.lock', 'main',
];
const anything = (): string => Array.from({ length: 1 + random(5) }, () => pieces[random(pieces.length)]).join('');

describe('hostile names', () => {
  it('of 100,000 keys lists nothing but hashes, and reads no key outside its folder', async () => {
    const objects = new MemoryObjects({ ifAbsent: true, ifMatch: 'quoted' });
    const layout = new Layout('p/');
    const honest = ['0123456789abcdef', 'fedcba9876543210'];
    for (const hash of honest) objects.objects.set(layout.key('weights', hash), { bytes: new Uint8Array(), tag: '' });
    for (let at = 0; at < 100_000; at += 1) objects.objects.set(`p/weights/${anything()}${random(2) ? '.npz' : ''}`, { bytes: new Uint8Array(), tag: '' });
    const listed = await new ObjectWeightStore(objects, 'p/').list();
    assert.deepEqual(listed.filter((hash) => !/^[0-9a-f]{16,64}$/.test(hash)), []);
    assert.deepEqual(honest.filter((hash) => !listed.includes(hash)), []);
    assert.ok(objects.objects.size > 20_000, `${objects.objects.size} different keys`);
  });

  it('takes no branch or remote for one whose file would lie elsewhere, on any system', () => {
    let taken = 0;
    for (let at = 0; at < 20_000; at += 1) {
      const name = anything();
      for (const check of [checkBranchName, checkRemoteName]) {
        if (!passes(() => check(name))) continue;
        taken += 1;
        for (const path of [posix, win32]) {
          const root = path === posix ? '/repo/refs' : 'C:\\repo\\refs';
          assert.ok(path.resolve(root, name).startsWith(root + path.sep), JSON.stringify(name));
        }
        assert.equal(join('/repo', name).split(sep).includes('..'), false);
      }
    }
    assert.ok(taken > 1000, 'some of them are good names');
  });

  it('takes for a hash only lower-case hex digits', () => {
    for (let at = 0; at < 100_000; at += 1) {
      const text = anything();
      assert.equal(isHash(text), text.length >= 16 && text.length <= 64 && Array.from(text).every((char) => '0123456789abcdef'.includes(char)), JSON.stringify(text));
    }
  });
});

function passes(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
