import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { python } from '../python/python.mjs';
import { writeCommit } from '../samples/commit';
import { Session } from '../ui/session';
import type { Workbench } from '../ui/workbench';
import { core, scratch } from './repositories';

/** weights here, on the remote as well, and there alone */
const [count, shared, others] = [100_000, 40_000, 200];

/** The view "Remotes" with 100,000 weights in a real workbench: how long until rows are seen, how smoothly they scroll. */
export async function treeBench(): Promise<void> {
  const root = await makeRepository();
  const lateness = join(scratch, 'lateness.csv');
  const session = await Session.start({ env: { CORAL_BENCH_LATENESS: lateness } });
  try {
    await watchExtensionHost(session.server.dir);
    console.log(`\n${count.toLocaleString('en-US')} weights in the view: ${count - shared} to push, ${others} to pull, ${shared} synced, a folder as remote`);
    const workbench = await session.open(root);
    const opened = performance.now();
    await workbench.openCoral();
    await workbench.row(/origin.*200↓ 60,000↑/).waitFor({ timeout: 300_000 });
    console.log(`cold, until both sides are compared    ${((performance.now() - opened) / 1000).toFixed(1)} s`);
    await measure(workbench, lateness);
  } finally {
    await session.stop();
  }
}

/** Makes the installed extension watch the event loop that it runs in. */
async function watchExtensionHost(serverFolder: string): Promise<void> {
  const extensions = join(serverFolder, 'extensions');
  for (const end = Date.now() + 60_000; Date.now() < end; await setTimeout(200)) {
    const installed = (await readdir(extensions).catch(() => [])).find((name) => /coral/.test(name) && !name.startsWith('.'));
    const main = join(extensions, installed ?? '', 'dist/extension.js');
    if (installed === undefined || !existsSync(main)) continue;
    await appendFile(main, `\nrequire(${JSON.stringify(resolve('test/bench/lateness.cjs'))});\n`);
    return;
  }
  throw new Error(`the extension was not installed in ${extensions} within 60 s`);
}

async function makeRepository(): Promise<string> {
  const [root, remote] = [join(scratch, 'many'), join(scratch, 'many-remote')];
  await mkdir(remote, { recursive: true });
  const repository = await core.Repository.init(root);
  await repository.addRemote('origin', `file://${remote}`);
  const stores = [join(root, '.coral/objects/weights.h5'), join(remote, 'weights.h5')];
  const script = [resolve('test/samples/makeManyWeights.py'), ...stores, ...[count, shared, others].map(String)];
  const { stdout } = await promisify(execFile)(python, script, { maxBuffer: 1 << 28 });
  await writeCommit(root, { message: 'All weights', time: new Date(), weights: JSON.parse(stdout) as Record<string, string> });
  return root;
}

async function measure(workbench: Workbench, lateness: string): Promise<void> {
  await workbench.page.setViewportSize({ width: 1280, height: 1400 });
  await workbench.widenSidebar(250);
  const rows = new TimedRows(workbench);
  let since = Date.now();
  report('first paint: groups of the remote', [await rows.expand('origin')]);
  report('first paint: "To push" for the first time', [await rows.expand('To push')]);
  report('first paint: 60 layers', [await rows.expand('model.layers')]);
  const [layers, experts, weights]: [number[], number[], number[]] = [[], [], []];
  for (const layer of ['40', '41', '42', '43', '44']) {
    layers.push(await rows.expand(layer));
    experts.push(await rows.expand('experts'));
    weights.push(await rows.expand('7'));
    await rows.collapse(layer);
  }
  report('first paint: the modules of a layer', layers);
  report('first paint: its 124 experts', experts);
  report('first paint: the weights of an expert', weights);
  await reportFrames(workbench, 'scrolling modules');
  await scrollToTop(workbench);
  await workbench.row(/^To push.*MB/).waitFor({ timeout: 300_000 });
  await reportLateness('from the first click until all sizes are known', lateness, since);

  since = Date.now();
  const flat: number[] = [];
  await rows.collapse('To push');
  for (let run = 0; run < 5; run += 1) {
    await workbench.runCommand('Coral: View as Flat List by Hash');
    flat.push(await rows.expand('To push'));
    if (run === 4) break;
    await rows.collapse('To push');
    await workbench.runCommand('Coral: View as Module Tree');
    await rows.expand('To push'); // other rows, so that the list is loaded anew
    await rows.collapse('To push');
  }
  report('first paint: a flat list of 60,000', flat);
  await reportFrames(workbench, 'scrolling the flat list');
  await reportLateness('while the flat list is drawn and scrolled', lateness, since);
  await reportFrames(workbench, 'the same window at rest, to compare with', false);
  const loaded = await workbench.row(/float32/).getAttribute('aria-setsize');
  console.log(`rows: ${await workbench.treeRows.count()} in the page, ${loaded ?? 'unknown'} loaded (one of them loads more), ${(count - shared).toLocaleString('en-US')} in the group`);
}

function report(what: string, milliseconds: readonly number[]): void {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const each = sorted.length > 1 ? `   of ${milliseconds.map((value) => value.toFixed(0)).join(', ')}` : '';
  console.log(`${what.padEnd(62)} ${quantile(sorted, 0.5).toFixed(0).padStart(5)} ms${each}`);
}

async function reportLateness(what: string, file: string, since: number): Promise<void> {
  await setTimeout(500);
  const lines = (await readFile(file, 'utf8')).trim().split('\n').map((line) => line.split(',').map(Number));
  const late = lines.flatMap(([at = 0, by = 0]) => (at >= since ? [by] : [])).sort((a, b) => a - b);
  if (late.length === 0) throw new Error('the extension host told nothing about its event loop');
  const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((part) => quantile(late, part).toFixed(0));
  console.log(`extension host late, ${what}: p50 ${p50}, p95 ${p95}, p99 ${p99}, max ${max} ms`);
}

async function reportFrames(workbench: Workbench, what: string, scrolls = true): Promise<void> {
  const { page } = workbench;
  const box = await workbench.pane.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 150, (box?.y ?? 0) + 150);
  const counted = page.evaluate<number[]>(frameTimes);
  for (let turn = 0; scrolls && turn < 90; turn += 1) {
    await page.mouse.wheel(0, 220);
    await page.waitForTimeout(30);
  }
  const times = (await counted).sort((a, b) => a - b);
  const [p50, p95, max] = [0.5, 0.95, 1].map((part) => quantile(times, part).toFixed(0));
  console.log(`frames, ${what}: ${times.length} in 3 s; p50 ${p50}, p95 ${p95}, max ${max} ms`);
}

/** One turn of the wheel moves a few rows, however far it says. */
async function scrollToTop({ page, pane }: Workbench): Promise<void> {
  const rows = pane.locator('.monaco-list-rows').first();
  while (!/(^|[ ;])top: 0px/.test(await rows.getAttribute('style') ?? '')) await page.mouse.wheel(0, -5_000);
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
}

/** Rows of the view, clicked as a person does. Times are taken in the page: from the click to the frame in which the outcome is seen. */
class TimedRows {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** Milliseconds until the next row is one below this one. */
  expand(label: string): Promise<number> {
    return this.#click(label, '>');
  }

  collapse(label: string): Promise<number> {
    return this.#click(label, '<=');
  }

  async #click(label: string, comparison: '>' | '<='): Promise<number> {
    const { page } = this.#workbench;
    const row = this.#workbench.treeRows.filter({ has: page.locator('.label-name', { hasText: new RegExp(`^${label.replaceAll('.', '\\.')}$`) }) }).first();
    const index = Number(await row.getAttribute('data-index'));
    const seen = page.evaluate<number>(`(${clickToPaint})(${index}, (next, own) => next ${comparison} own)`);
    await row.locator('.label-name').click();
    return seen;
  }
}

/** Runs in the page. The row below may be drawn before or after: rows are found by their place in the list. */
const clickToPaint = `(index, holds) => new Promise((done) => {
  const row = (at) => document.querySelector('.sidebar .pane .monaco-list-row[data-index="' + at + '"]');
  const level = (at) => Number(row(at)?.getAttribute('aria-level') ?? 0);
  addEventListener('click', ({ timeStamp }) => {
    const look = (now) => (holds(level(index + 1), level(index)) ? done(now - timeStamp) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  }, { capture: true, once: true });
})`;

/** Runs in the page: milliseconds between frames, for 3 s. */
const frameTimes = `new Promise((done) => {
  const times = [];
  const began = performance.now();
  let last = began;
  const frame = (now) => {
    times.push(now - last);
    last = now;
    if (now - began < 3000) requestAnimationFrame(frame);
    else done(times.slice(1));
  };
  requestAnimationFrame(frame);
})`;
