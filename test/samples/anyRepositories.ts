import { it } from 'mocha';
import assert from 'node:assert/strict';
import { type RemotePlace, type Seen, tryAnyRepository } from './anyRepository';

/**
 * Tries `count` seeds; many more with CORAL_TEST_RANDOM=1000; one, or so many from it on, with CORAL_TEST_SEED. `open` gives
 * undefined where there can be no such remote.
 */
export function anyRepositories({ count, open }: { readonly count: number; readonly open: () => Promise<RemotePlace | undefined> }): void {
  const [many, first] = [process.env['CORAL_TEST_RANDOM'], process.env['CORAL_TEST_SEED']];
  const seeds = Array.from({ length: Number(many ?? (first === undefined ? count : 1)) }, (_, index) => index + Number(first ?? 1));

  it(`are called in sync only when a clone lacks nothing; a sync makes them so unless something is lost (${seeds.length} of them)`, async function () {
    const place = await open();
    if (place === undefined) return this.skip();
    const seen = new Map<Seen['what'][number], number>();
    for (const seed of seeds) {
      for (const what of (await tryAnyRepository(seed, place)).what) seen.set(what, (seen.get(what) ?? 0) + 1);
    }
    if (many !== undefined) console.log(`      ${[...seen].map(([what, times]) => `${what}: ${times}`).join(', ')}`);
    // A property that is never met would prove nothing.
    if (seeds.length >= 20) assert.deepEqual((['synced', 'whole', 'lost', 'deltas', 'tags'] as const).filter((what) => !seen.has(what)), []);
  }).timeout(60_000 + seeds.length * 20_000);
}
