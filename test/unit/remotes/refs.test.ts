import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { FileRefs } from '../../../src/core/remotes/fileRefs';
import { ObjectRefs } from '../../../src/core/remotes/objectRefs';
import { mergeRefs, parseRefs, type Refs, type RefsStore } from '../../../src/core/remotes/refs';
import type { Conditions } from '../../../src/core/storage/objects/objectStore';
import { missingFolder, temporaryFolder } from '../support/fixtures';
import { MemoryObjects } from '../support/memoryObjects';

/** CORAL_TEST_ROUNDS=100 for a long run. */
const rounds = Number(process.env['CORAL_TEST_ROUNDS'] ?? 5);

const both: Conditions = { ifAbsent: true, ifMatch: 'quoted' };
const none: Conditions = { ifAbsent: false, ifMatch: 'none' };

const set = (store: RefsStore, refs: Refs): Promise<void> => store.update((text) => mergeRefs(text, refs, store.location));
const get = async (store: RefsStore): Promise<Refs> => parseRefs(await store.read(), store.location);

/** Writers who each set their own branch many times, and a tag each time: an update that is lost leaves its tag out. */
async function race(open: () => RefsStore, writers: number, rounds: number): Promise<void> {
  const each = <T>(count: number, what: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => what(index));
  await Promise.all(each(writers, async (writer) => {
    const store = open();
    for (let round = 1; round <= rounds; round += 1) await set(store, { [`writer-${writer}`]: `commit${round}`, [`tag-${writer}-${round}`]: `commit${round}` });
  }));
  const expected = each(writers, (writer) => [[`writer-${writer}`, `commit${rounds}`], ...each(rounds, (round) => [`tag-${writer}-${round + 1}`, `commit${round + 1}`])]);
  assert.deepEqual(await get(open()), Object.fromEntries(expected.flat()));
}

describe('refs.json', () => {
  it('keeps other refs and unknown keys', () => {
    const text = '{"refs": {"main": "a", "dev": "b"}, "owner": {"x": [1]}}';
    assert.deepEqual(JSON.parse(mergeRefs(text, { main: 'c', 'f/x': 'd' }, 'here')!), { refs: { main: 'c', dev: 'b', 'f/x': 'd' }, owner: { x: [1] } });
  });

  it('is written as Python writes it', () => {
    const text = '\ufeff{"big": 12345678901234567890, "refs": {"main": "a"}, "nan": NaN}\n';
    assert.equal(mergeRefs(text, { main: 'b', dev: 'c' }, 'here'), text.replace('"a"', '"b", "dev": "c"'));
    assert.equal(mergeRefs(undefined, { größe: 'a' }, 'here'), '{\n  "refs": {\n    "gr\\u00f6\\u00dfe": "a"\n  }\n}');
  });

  it('is left alone when it says so already', () => {
    assert.equal(mergeRefs('{"refs": {"main": "a", "dev": "b"}}', { main: 'a' }, 'here'), undefined);
  });

  for (const text of ['', 'not valid json', '[]', '{"refs": []}', '{"refs": {"main": 7}}', '{"refs": ']) {
    it(`is not overwritten when it is ${JSON.stringify(text)}`, () => {
      assert.throws(() => mergeRefs(text, { main: 'a' }, 'here'), (error: unknown) => CoralError.is(error, 'corrupt') && error.message.includes('here'));
    });
  }

  describe('in a folder', () => {
    it('is not made by reading', async () => {
      const folder = await missingFolder();
      assert.deepEqual(await get(new FileRefs(folder)), {});
      await assert.rejects(stat(folder));
    });

    it('is made with its folder by writing, and leaves only its lock behind', async () => {
      const folder = await missingFolder();
      await set(new FileRefs(folder), { main: 'a' });
      assert.deepEqual(JSON.parse(await readFile(join(folder, 'refs.json'), 'utf8')), { refs: { main: 'a' } });
      assert.deepEqual((await readdir(folder)).filter((name) => name !== 'refs.json.lock'), ['refs.json']);
    });

    it('loses nothing to writers at the same time', async () => {
      const folder = await temporaryFolder();
      await race(() => new FileRefs(folder), 8, rounds);
    }).timeout(60_000 + rounds * 10_000);

    it('in another encoding is refused and stays', async () => {
      const folder = await temporaryFolder();
      const bytes = Buffer.from(`{"refs": {"caf\xe9": "${'a'.repeat(32)}"}}`, 'latin1');
      await writeFile(join(folder, 'refs.json'), bytes);
      await assert.rejects(set(new FileRefs(folder), { main: 'a' }), (error) => CoralError.is(error, 'invalid') && error.message.includes('is not UTF-8 text'));
      assert.deepEqual(await readFile(join(folder, 'refs.json')), bytes);
    });

    it('that is damaged is refused and stays', async () => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, 'refs.json'), 'oops');
      await assert.rejects(set(new FileRefs(folder), { main: 'a' }), (error: unknown) => CoralError.is(error, 'corrupt'));
      assert.equal(await readFile(join(folder, 'refs.json'), 'utf8'), 'oops');
    });
  });

  describe('as an object', () => {
    it('loses nothing to writers at the same time', async () => {
      const objects = new MemoryObjects(both);
      await race(() => new ObjectRefs(objects, 'p/refs.json'), 4, 5);
    }).timeout(20_000);

    it('would lose with a server that only claims to keep conditions', async () => {
      const objects = new MemoryObjects(both, false);
      await assert.rejects(race(() => new ObjectRefs(objects, 'p/refs.json'), 4, 5), assert.AssertionError);
    }).timeout(20_000);

    it('finds out what a server can do, once, and cleans up', async () => {
      const objects = new MemoryObjects(none, true);
      await race(() => new ObjectRefs(objects, 'p/refs.json', 20), 3, 4);
      assert.deepEqual([...objects.objects.keys()], ['p/refs.json']);
      const before = objects.puts;
      await set(new ObjectRefs(objects, 'p/refs.json', 20), { main: 'z' });
      assert.equal(objects.puts, before + 1);
    }).timeout(20_000);

    it('is read back where the server keeps no conditions, and merged again when it was overwritten', async () => {
      const objects = new MemoryObjects(none, false);
      let overwrites = 2;
      const refs = new ObjectRefs(objects, 'refs.json', 20);
      const update = set(refs, { main: 'mine' });
      const timer = setInterval(() => {
        if (overwrites === 0 || !objects.objects.has('refs.json')) return;
        overwrites -= 1;
        void objects.put('refs.json', Buffer.from('{"refs": {"dev": "theirs"}}'));
      }, 5);
      await update;
      clearInterval(timer);
      assert.equal(overwrites, 0);
      assert.deepEqual(await get(refs), { dev: 'theirs', main: 'mine' });
    });

    it('counts a put that seemed to fail as done when it was', async () => {
      const objects = new MemoryObjects(both);
      const put = objects.put.bind(objects);
      let puts = 0;
      objects.put = async (...args) => {
        puts += 1;
        await put(...args);
        throw new CoralError('network', 'The connection was cut.');
      };
      await set(new ObjectRefs(objects, 'refs.json'), { main: 'a' });
      assert.equal(puts, 1);
    });

    it('gives up with "conflict" when others never stop', async () => {
      const objects = new MemoryObjects(both);
      objects.beforePut = () => { objects.objects.set('refs.json', { bytes: Buffer.from(`{"refs": {"x": "${Math.random()}"}}`), tag: String(Math.random()) }); };
      await assert.rejects(set(new ObjectRefs(objects, 'refs.json', 1500, 12), { main: 'a' }), (error: unknown) => CoralError.is(error, 'conflict'));
    }).timeout(30_000);

    it('in another encoding is read, but not written over', async () => {
      const objects = new MemoryObjects(both);
      const bytes = Buffer.from(`{"refs": {"caf\xe9": "${'a'.repeat(32)}"}}`, 'latin1');
      await objects.put('refs.json', bytes);
      const refs = new ObjectRefs(objects, 'refs.json');
      await assert.rejects(set(refs, { main: 'a' }), (error) => CoralError.is(error, 'invalid') && error.message.includes('is not UTF-8 text'));
      assert.deepEqual(Buffer.from(objects.objects.get('refs.json')!.bytes), bytes);
      assert.equal(Object.keys(await get(refs)).length, 1);
    });

    it('is not tried again when it is refused', async () => {
      const objects = new MemoryObjects(both);
      let tries = 0;
      objects.beforePut = () => { tries += 1; throw new CoralError('denied', 'You may not.'); };
      await assert.rejects(set(new ObjectRefs(objects, 'refs.json'), { main: 'a' }), (error: unknown) => CoralError.is(error, 'denied'));
      assert.equal(tries, 1);
    });
  });
});
