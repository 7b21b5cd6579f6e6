// `npm test`: everything, on a fresh machine too. `npm test -- unit ui` runs only these phases (and what they need).
// The last line is "N passed, N failed", summed over all phases.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { quiet, runNode } from './children.mjs';
import { hostNode, whyNoHost } from './host/setup.mjs';

const minute = 60_000;
const tool = (path) => resolve('node_modules', path);
const mocha = (folder, ...more) => [
  tool('mocha/bin/mocha.js'), '--reporter', resolve('test/reporter.mjs'), '--timeout', '120000', ...more, `out/test/${folder}/**/*.test.mjs`,
];

/**
 * A phase with `counts` is a mocha run and must leave its counts; any other is one check that passes or fails. A phase is asked for by
 * its name or by that of its group.
 */
const phases = [
  { name: 'setup', args: ['test/setup.mjs'], limit: 20 * minute },
  { name: 'types', group: 'check', args: [tool('typescript/bin/tsc'), '-p', '.'], limit: 5 * minute },
  { name: 'page types', group: 'check', args: [tool('typescript/bin/tsc'), '-p', 'src/webview'], limit: 5 * minute },
  { name: 'lint', args: [tool('eslint/bin/eslint.js'), '.'], limit: 5 * minute },
  { name: 'build', args: ['esbuild.mjs', '--tests'], limit: 5 * minute },
  { name: 'unit', args: mocha('unit'), limit: 15 * minute, counts: true },
  { name: 'backends', args: mocha('backends'), limit: 12 * minute, counts: true },
  { name: 'faults', args: ['out/test/faults/run.mjs'], limit: 8 * minute, counts: true },
  ...underNodeOf('newest'),
  ...underNodeOf('oldest'),
  { name: 'integration', args: ['test/integration/run.mjs'], limit: 15 * minute, counts: true },
  // The oldest release has no ripgrep here, so nothing that looks for nested repositories.
  { name: 'oldest', args: ['test/integration/run.mjs'], limit: 8 * minute, counts: true, missing: () => whyNoHost('oldest'),
    env: { CORAL_HOST: 'oldest', CORAL_TEST_GREP: '^(activation|commands|the tree)' } },
  { name: 'ui', args: mocha('ui', '--timeout', '240000'), limit: 20 * minute, counts: true, missing: () => whyNoHost() },
  { name: 'demo', args: [tool('mocha/bin/mocha.js'), '--reporter', resolve('test/reporter.mjs'), 'test/demo/demo.test.mjs'], limit: 8 * minute,
    counts: true, missing: () => whyNoHost() },
];

/** Core runs in VS Code's Node, not in this one: once more with the Node that a VS Code brings. */
function underNodeOf(which) {
  const { version, path } = hostNode(which);
  const phase = (what, args, note = '') => ({
    name: `${what} on Node ${version} of the ${which} VS Code${note}`, group: `${which}-node`, args, limit: 12 * minute, counts: true, node: path,
    missing: () => whyNoHost(which) ?? (process.version === `v${version}` ? `this Node is ${version} too, so the phase ${what} was that` : undefined),
  });
  return [
    phase('unit', mocha('unit')),
    phase('backends', mocha('backends')),
    phase('faults', ['out/test/faults/run.mjs', '--tries=3'], ', 3 tries a claim'),
  ];
}

const scratch = mkdtempSync(join(tmpdir(), 'coral-tests-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const wanted = process.argv.slice(2);
const isNamed = ({ name, group }) => wanted.includes(name) || wanted.includes(group);
const unknown = wanted.filter((name) => !phases.some((phase) => phase.name === name || phase.group === name));
if (unknown.length > 0) {
  console.error(`No phase is called ${unknown.join(', ')}; there are ${[...new Set(phases.map(({ name, group }) => group ?? name))].join(', ')}.`);
  process.exit(2);
}
const needsBuild = phases.some((phase) => phase.counts && isNamed(phase));
const isWanted = (phase) => wanted.length === 0 || isNamed(phase) || phase.name === 'setup' || (phase.name === 'build' && needsBuild);

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
  const missing = phase.missing?.();
  if (missing !== undefined) {
    result.skipped.push(`${phase.name} (skipped: ${missing})`);
  } else {
    const counts = join(scratch, `${phase.name}.json`);
    const env = { ...quiet, ...phase.env, CORAL_TEST_COUNTS: counts };
    const status = await runNode(phase.args, { env, limit: phase.limit, node: phase.node });
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

function report(all) {
  console.log('\n== summary');
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, passed, failed, skipped, seconds, note } of all) {
    const counts = `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
    console.log(`${name.padEnd(width)} ${seconds.toFixed(1).padStart(6)} s  ${counts}${note ? ` (${note})` : ''}`);
  }
  const skipped = all.flatMap((result) => result.skipped);
  for (const title of skipped) console.log(`  not run: ${title}`);
  for (const { name, broken } of all) for (const title of broken) console.log(`  failed: ${name}: ${title}`);
  const sum = (key) => all.reduce((total, result) => total + result[key], 0);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
  console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
}
