import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Errand } from './transferChild';

const script = resolve('out/test/faults/transferChild.mjs');

/** A process with dist/core.js that runs one push, pull or sync, and may be killed at any time. */
export class TransferChild {
  readonly #process: ChildProcess;
  readonly #ready: Promise<unknown>;
  readonly #ended: Promise<unknown>;
  #said = '';
  #complaint = '';

  constructor(errand: Errand) {
    this.#process = spawn(process.execPath, [script, JSON.stringify(errand)], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stdout?.on('data', (text: Buffer) => { this.#said += text.toString(); });
    this.#process.stderr?.on('data', (text: Buffer) => { this.#complaint += text.toString(); });
    this.#process.stdin?.on('error', () => undefined);
    this.#ended = once(this.#process, 'close');
    this.#ready = Promise.race([once(this.#process.stdout!, 'data'), this.#ended]);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** changes to the disk that a transfer made which went through */
  get changes(): number {
    return Number(/changes (\d+)/.exec(this.#said)?.[1] ?? 0);
  }

  async go(): Promise<void> {
    await this.#ready;
    this.#process.stdin?.write('go\n');
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Whether it was killed; throws when it failed by itself. */
  async ended(): Promise<boolean> {
    await this.#ended;
    if (this.#process.signalCode === 'SIGKILL') return true;
    if (this.#process.exitCode !== 0) throw new Error(`The transfer failed: ${this.#complaint}`);
    return false;
  }
}
