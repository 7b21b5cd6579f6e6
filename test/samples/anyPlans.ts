import { it } from 'mocha';
import assert from 'node:assert/strict';
import { type SeenInPlan, tryAnyPlan } from './anyPlan';
import type { RemotePlace } from './anyRepository';

interface AnyPlans {
  readonly count: number;
  /** what so many seeds must have met: a property that is never met would prove nothing */
  readonly meets: readonly SeenInPlan[];
  /** undefined where there can be no such remote */
  readonly open: () => Promise<RemotePlace | undefined>;
}

/** Tries `count` seeds; many more with CORAL_TEST_RANDOM=1000; one, or so many from it on, with CORAL_TEST_SEED. */
export function anyPlans({ count, meets, open }: AnyPlans): void {
  const [many, first] = [process.env['CORAL_TEST_RANDOM'], process.env['CORAL_TEST_SEED']];
  const seeds = Array.from({ length: Number(many ?? (first === undefined ? count : 1)) }, (_, index) => index + Number(first ?? 1));

  it(`is what the transfer then does (${seeds.length} of them)`, async function () {
    const place = await open();
    if (place === undefined) return this.skip();
    const seen = new Map<SeenInPlan, number>();
    for (const seed of seeds) for (const what of await tryAnyPlan(seed, place)) seen.set(what, (seen.get(what) ?? 0) + 1);
    if (many !== undefined) console.log(`      ${[...seen].map(([what, times]) => `${what}: ${times}`).join(', ')}`);
    if (seeds.length >= count) assert.deepEqual(meets.filter((what) => !seen.has(what)), []);
  }).timeout(60_000 + seeds.length * 20_000);
}
