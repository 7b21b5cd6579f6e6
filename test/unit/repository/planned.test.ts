import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { type SeenInPlan, tryAnyPlan } from '../../samples/anyPlan';
import type { RemotePlace } from '../../samples/anyRepository';
import { folderWith } from '../../samples/randomPart';
import { fileUrl } from '../support/fixtures';

const folders: RemotePlace = {
  canLackMetadata: false,
  make: async (history, part) => {
    const folder = await folderWith(history, part);
    return { url: fileUrl(folder), options: {}, nameless: () => Promise.resolve([]), remove: () => rm(folder, { recursive: true }) };
  },
};

/** More of them with CORAL_TEST_RANDOM=1000; one, or so many from it on, with CORAL_TEST_SEED. */
const [many, first] = [process.env['CORAL_TEST_RANDOM'], process.env['CORAL_TEST_SEED']];
const seeds = Array.from({ length: Number(many ?? (first === undefined ? 40 : 1)) }, (_, index) => index + Number(first ?? 1));

describe('any plan for any repository and any file remote', () => {
  it(`is what the transfer then does (${seeds.length} of them)`, async () => {
    const seen = new Map<SeenInPlan, number>();
    for (const seed of seeds) for (const what of await tryAnyPlan(seed, folders)) seen.set(what, (seen.get(what) ?? 0) + 1);
    if (many !== undefined) console.log(`      ${[...seen].map(([what, times]) => `${what}: ${times}`).join(', ')}`);
    // A property that is never met would prove nothing.
    const wanted = ['weights', 'deltas', 'commits', 'versions', 'states', 'checkpoints', 'branches', 'stays', 'left out', 'pull before push', 'force'] as const;
    if (seeds.length >= 40) assert.deepEqual(wanted.filter((what) => !seen.has(what)), []);
  }).timeout(60_000 + seeds.length * 20_000);
});
