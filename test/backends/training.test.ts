import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { corals } from '../python/python.mjs';
import { type FreshRemote, freshFileRemote, freshS3Remote } from '../samples/remotes';
import { copyRepository } from '../samples/repositories';
import { runCoral } from '../samples/runCoral';
import { assertTrainingTravels, first, second } from '../samples/trainingTravels';

interface Loaded {
  readonly states: Readonly<Record<string, readonly [epoch: number, step: number, loss: string, metrics: string]>>;
  readonly listed: readonly string[];
  readonly best: string | null;
  readonly isPythonsForm: boolean;
}

const kinds = { 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote };

/** The fixture "checkpoint" after someone else went on, and synced with a clone that did so as well. Returns the clone's folder. */
async function mergedClone(remote: FreshRemote): Promise<string> {
  const clone = await assertTrainingTravels(remote);
  const other = await copyRepository('checkpoint/repo');
  await other.addRemote('origin', remote.url);
  for (const [root, time] of [[clone.root, '2026-11-23T10:00:00'], [other.root, '2026-11-23T11:00:00.250000']] as const) {
    const path = join(root, '.coral/checkpoints/exp.json');
    const entry = `,\n    {\n      "commit_hash": null,\n      "epoch": 3,\n      "global_step": 30,\n      "timestamp": "${time}",\n      "metrics": {\n        "acc": NaN\n      },\n      "is_best": false\n    }\n  ]\n}`;
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/\n {2}\]\n\}$/, entry).replace('"best_checkpoint_hash": null', `"best_checkpoint_hash": "${time.includes('11:') ? second : first}"`));
  }
  assert.equal((await other.push('origin', remote.options)).pushedCheckpoints, 1);
  const { pushedCheckpoints, pulledCheckpoints } = await clone.sync('origin', remote.options);
  assert.deepEqual([pushedCheckpoints, pulledCheckpoints], [1, 1]);
  return clone.root;
}

describe('training states and checkpoint lists', function () {
  this.timeout(120_000);

  it('go to an S3 server and come back as they are', async function () {
    const remote = await freshS3Remote();
    if (remote === undefined) return this.skip();
    await assertTrainingTravels(remote);
  });
});

for (const { version, coral, missing } of corals) {
  const title = `Python Coral ${version} and a training that was cloned`;
  describe(missing === undefined ? title : `${title} (skipped: ${missing})`, function () {
    this.timeout(120_000);

    for (const [kind, fresh] of Object.entries(kinds)) {
      it(`opens the clone, loads its states, and takes the list of both: from ${kind}`, async function () {
        if (coral === undefined) return this.skip();
        const remote = await fresh();
        if (remote === undefined) return this.skip();
        const root = await mergedClone(remote);
        const { states, listed, best, isPythonsForm } = runCoral<Record<string, Loaded>>(coral, 'loadTraining.py', [root])[root]!;
        assert.deepEqual(states, { [first]: [1, 10, '1.0', "{'acc': 0.5}"], [second]: [2, 20, 'nan', "{'acc': -inf}"] });
        assert.deepEqual(listed.map((time) => time.slice(0, 16)), ['2026-11-22T13:46', '2026-11-22T13:46', '2026-11-23T10:00', '2026-11-23T11:00']);
        assert.deepEqual([best, isPythonsForm], [second, true]);
      });
    }
  });
}
