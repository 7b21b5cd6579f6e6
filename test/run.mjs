// `npm test`: everything, on a fresh machine too. `npm test -- unit ui` runs only these phases (and what they need).
// The last line is "N passed, N failed", summed over all phases.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { whyNoHost } from './host/setup.mjs';
import { setUp } from './setup.mjs';

const minute = 60_000;
const node = process.execPath;
const tool = (path) => resolve('node_modules', path);
const mocha = (folder, ...more) => [
  tool('mocha/bin/mocha.js'), '--reporter', resolve('test/reporter.mjs'), '--timeout', '120000', ...more, `out/test/${folder}/**/*.test.mjs`,
];

/** A phase with `counts` is a mocha run and must leave its counts; any other is one check that passes or fails. */
const phases = [
  { name: 'types', args: [tool('typescript/bin/tsc'), '-p', '.'], limit: 5 * minute },
  { name: 'page types', args: [tool('typescript/bin/tsc'), '-p', 'src/webview'], limit: 5 * minute },
  { name: 'lint', args: [tool('eslint/bin/eslint.js'), '.'], limit: 5 * minute },
  { name: 'build', args: ['esbuild.mjs', '--tests'], limit: 5 * minute },
  { name: 'unit', args: mocha('unit'), limit: 15 * minute, counts: true },
  { name: 'backends', args: mocha('backends'), limit: 12 * minute, counts: true },
  { name: 'faults', args: ['out/test/faults/run.mjs'], limit: 8 * minute, counts: true },
  { name: 'integration', args: ['test/integration/run.mjs'], limit: 15 * minute, counts: true },
  // The oldest release has no ripgrep here, so nothing that looks for nested repositories.
  { name: 'oldest', args: ['test/integration/run.mjs'], limit: 8 * minute, counts: true, missing: whyNoHost(),
    env: { CORAL_HOST: 'oldest', CORAL_TEST_GREP: '^(activation|commands|the tree)' } },
  { name: 'ui', args: mocha('ui', '--timeout', '240000'), limit: 20 * minute, counts: true, missing: whyNoHost() },
];

const scratch = mkdtempSync(join(tmpdir(), 'coral-tests-'));
let running;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => { endGroup(running); process.exit(1); });
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !phases.some((phase) => phase.name === name));
if (unknown.length > 0) {
  console.error(`No phase is called ${unknown.join(', ')}; there are ${phases.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const needsBuild = wanted.some((name) => phases.find((phase) => phase.name === name)?.counts);
const isWanted = ({ name }) => wanted.length === 0 || wanted.includes(name) || (name === 'build' && needsBuild);

console.log('== setup');
setUp();
const results = [];
for (const phase of phases.filter(isWanted)) {
  const result = await runPhase(phase);
  results.push(result);
  if (phase.name === 'build' && result.failed > 0) {
    console.log('The tests need the build, so none of them was run.');
    break;
  }
}
report(results);

async function runPhase(phase) {
  const began = Date.now();
  console.log(`\n== ${phase.name}`);
  const result = { name: phase.name, passed: 0, failed: 0, broken: [], skipped: [] };
  if (phase.missing) {
    result.skipped.push(`${phase.name} (skipped: ${phase.missing})`);
  } else {
    const counts = join(scratch, `${phase.name}.json`);
    const status = await runGroup(phase.args, { ...phase.env, CORAL_TEST_COUNTS: counts }, phase.limit);
    Object.assign(result, phase.counts ? readCounts(counts, status) : { passed: Number(status === 0), failed: Number(status !== 0) });
  }
  result.seconds = (Date.now() - began) / 1000;
  return result;
}

/** A run that died, or ran nothing, has failed, whatever it counted. */
function readCounts(file, status) {
  if (!existsSync(file)) return { failed: 1, note: `ended with ${status} and left no counts` };
  const counts = JSON.parse(readFileSync(file, 'utf8'));
  if (counts.passed + counts.failed + counts.skipped.length === 0) return { ...counts, failed: 1, note: 'ran no test' };
  if (status !== 0 && counts.failed === 0) return { ...counts, failed: 1, note: `ended with ${status} though no test failed` };
  return counts;
}

/** Runs Node in a process group of its own, of which nothing is left afterwards. */
async function runGroup(args, env, limit) {
  const child = spawn(node, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env }, detached: true });
  running = child;
  const timer = setTimeout(() => {
    console.log(`Not done after ${limit / minute} minutes: ended.`);
    child.kill('SIGTERM'); // it may stop its own servers first
    setTimeout(endGroup, 10_000, child).unref();
  }, limit);
  const status = await new Promise((done) => {
    child.once('error', (error) => { console.error(error.message); done('an error'); });
    child.once('exit', (code, signal) => done(signal ?? code));
  });
  clearTimeout(timer);
  endGroup(child);
  running = undefined;
  return status;
}

function endGroup(child) {
  if (child?.pid === undefined) return;
  try { process.kill(-child.pid, 'SIGKILL'); } catch { /* none is left */ }
}

function report(all) {
  console.log('\n== summary');
  for (const { name, passed, failed, skipped, seconds, note } of all) {
    const counts = `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
    console.log(`${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s  ${counts}${note ? ` (${note})` : ''}`);
  }
  const skipped = all.flatMap((result) => result.skipped);
  for (const title of skipped) console.log(`  not run: ${title}`);
  for (const { name, broken } of all) for (const title of broken) console.log(`  failed: ${name}: ${title}`);
  const sum = (key) => all.reduce((total, result) => total + result[key], 0);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
  console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
}
