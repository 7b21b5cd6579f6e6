import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoralError } from '../../src/core/base/errors';
import type { RemoteOptions } from '../../src/core/remotes/remoteStore';
import { Repository } from '../../src/core/repository/repository';
import { type RecordingServer, startRecordingServer } from '../samples/recordingServer';
import { type Claim, Tally } from './claim';

const credentials = { accessKeyId: 'key-of-the-user', secretAccessKey: 'secret-of-the-user' };

/** One repository that the user agreed to, one of a stranger, and a link that leads to the first. */
class Place {
  readonly folder: string;
  readonly open: string;
  readonly mine: RecordingServer;
  readonly theirs: RecordingServer;

  private constructor(folder: string, mine: RecordingServer, theirs: RecordingServer) {
    this.folder = folder;
    this.open = join(folder, 'open');
    this.mine = mine;
    this.theirs = theirs;
  }

  static async make(mine: RecordingServer, theirs: RecordingServer): Promise<Place> {
    const place = new Place(await mkdtemp(join(tmpdir(), 'coral-consent-')), mine, theirs);
    for (const name of ['a', 'b']) await Repository.init(join(place.folder, name));
    await place.name('a', mine);
    await place.name('b', theirs);
    await symlink(join(place.folder, 'a'), place.open);
    return place;
  }

  async name(repository: 'a' | 'b', server: RecordingServer, url = 's3://models/x/'): Promise<void> {
    const path = join(this.folder, repository, '.coral/remotes.json');
    await writeFile(`${path}.next`, JSON.stringify({ remotes: { origin: { url, backend: 's3', endpoint_url: server.endpoint } } }));
    await rename(`${path}.next`, path);
  }

  async lead(to: 'a' | 'b'): Promise<void> {
    await symlink(join(this.folder, to), `${this.open}.next`);
    await rename(`${this.open}.next`, this.open);
  }
}

type Method = 'getSyncStatus' | 'preview' | 'push' | 'pull' | 'sync' | 'fetch';
const methods: readonly Method[] = ['getSyncStatus', 'preview', 'push', 'pull', 'sync', 'fetch'];

/** What is changed, back and forth, while the user's program asks. */
const changes: Readonly<Record<string, (place: Place, isTheirs: boolean) => Promise<void>>> = {
  'another server': (place, isTheirs) => place.name('a', isTheirs ? place.theirs : place.mine),
  'another bucket': (place, isTheirs) => place.name('a', place.mine, isTheirs ? 's3://of-a-stranger/x/' : undefined),
  'the folder is a link to another': (place, isTheirs) => place.lead(isTheirs ? 'b' : 'a'),
};

export const agreedPlace: Claim = {
  id: 'S9',
  says: 'what was agreed to is what is contacted, whenever remotes.json or the folder changes',
  short: 60,
  full: 200,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const [mine, theirs] = [await startRecordingServer(), await startRecordingServer()];
    let reached = 0;
    for (let index = 0; index < tries; index += 1) {
      const [what, change] = Object.entries(changes)[index % 3]!;
      const method = methods[Math.floor(index / 3) % methods.length]!;
      const place = await Place.make(mine, theirs);
      await tally.attempt(`${method}, ${what}, after ${index % 20} steps`, async () => {
        const agreed = { url: 's3://models/x/', endpointUrl: mine.endpoint, realRoot: join(place.folder, 'a') };
        const options: RemoteOptions = { credentials, agreed: sabotage && index === tries - 1 ? undefined : agreed };
        if (options.agreed === undefined) await change(place, true);
        // Changed at once, or after so many turns of the event loop: before the file is read, between reading and use, and after.
        const changing = steps(index % 20).then(() => change(place, true));
        const error = await ask(place, method, options).then(() => undefined, (reason: unknown) => reason);
        await changing;
        if (error === undefined) reached += 1;
        else assert.equal(CoralError.from(error).reason, 'conflict', CoralError.from(error).message);
        const elsewhere = [...theirs.requests, ...mine.requests.filter((line) => line.includes('of-a-stranger'))];
        assert.deepEqual(elsewhere, []);
        await assert.rejects(ask(place, method, { credentials, agreed }), (late) => CoralError.is(late, 'conflict'));
        assert.deepEqual(theirs.requests, []);
      });
      await rm(place.folder, { recursive: true });
    }
    await Promise.all([mine.close(), theirs.close()]);
    return tally.outcome(`${reached} were in time for what was agreed to`);
  },
};

async function ask(place: Place, method: Method, options: RemoteOptions): Promise<unknown> {
  return (await Repository.open(place.open))[method]('origin', options);
}

async function steps(count: number): Promise<void> {
  for (let step = 0; step < count; step += 1) await new Promise((resolve) => { setImmediate(resolve); });
}
