// `node out/test/faults/run.mjs [--full | --tries=N] [--sabotage] [R1 R5 ...]`: tries to break each claim and prints a table. Ends with
// 1 when one broke. With --sabotage each claim is broken on purpose, and it ends with 1 when that was not noticed.
import { writeFileSync } from 'node:fs';
import type { Claim, Outcome } from './claim';
import { claims } from './claims';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const given = process.argv.slice(2);
const [full, sabotage] = [given.includes('--full'), given.includes('--sabotage')];
const tries = Number(/--tries=(\d+)/.exec(given.join(' '))?.[1] ?? 0);
const wanted = given.filter((word) => !word.startsWith('--'));
const chosen = claims.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const unknown = wanted.filter((id) => !claims.some((claim) => claim.id === id));
if (unknown.length > 0) throw new Error(`No claim is called ${unknown.join(', ')}; there are ${claims.map(({ id }) => id).join(', ')}.`);

interface Row extends Outcome { readonly claim: Claim; readonly seconds: number }

const rows: Row[] = [];
for (const claim of chosen) {
  const began = performance.now();
  const outcome = await claim.run(tries || (full ? claim.full : claim.short), { sabotage }).catch((error: unknown) => (
    { tries: 1, failures: [error instanceof Error ? error.stack ?? error.message : String(error)] }));
  const row = { ...outcome, claim, seconds: (performance.now() - began) / 1000 };
  rows.push(row);
  console.log(line(row));
  for (const failure of row.failures.slice(0, 5)) console.log(`       ${sabotage ? 'noticed: ' : ''}${failure.slice(0, 1500)}`);
}
report();

function line({ claim, tries, failures, seconds, note, skipped }: Row): string {
  const remarks = [note, skipped && `skipped: ${skipped}`].filter(Boolean).join('; ');
  return `  ${claim.id.padEnd(4)}${String(tries).padStart(7)} tries ${String(failures.length).padStart(5)} failures ${seconds.toFixed(1).padStart(7)} s  ${claim.says}${remarks && ` (${remarks})`}`;
}

function report(): void {
  if (chosen.length > 1) console.log(`\n${rows.map(line).join('\n')}`);
  const isGood = ({ tries, failures }: Row): boolean => (sabotage ? failures.length > 0 || tries === 0 : failures.length === 0);
  const bad = rows.filter((row) => !isGood(row));
  const counts = process.env['CORAL_TEST_COUNTS'];
  const skipped = rows.filter((row) => row.skipped).map(({ claim, skipped: why }) => `${claim.id} ${claim.says} (skipped: ${why})`);
  if (counts) writeFileSync(counts, JSON.stringify({ passed: rows.filter((row) => isGood(row) && row.tries > 0).length, failed: bad.length, broken: bad.map(({ claim }) => `${claim.id} ${claim.says}`), skipped }));
  console.log(`${rows.length - bad.length} claims ${sabotage ? 'can fail' : 'hold'}, ${bad.length} ${sabotage ? 'cannot' : 'broken'}`);
  // Servers that this process started would keep it alive.
  process.exit(bad.length > 0 ? 1 : 0);
}
