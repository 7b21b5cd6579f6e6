import { createHash } from 'node:crypto';
import { Delta, deltaHash } from '../../src/core/weights/delta';
import { Weight } from '../../src/core/weights/weight';
import { commitFile } from './commit';

/** What all who ever worked on a repository made; each side of a remote holds a part of it. Nothing here is read by the core under test. */
export interface RandomHistory {
  readonly weights: readonly Weight[];
  readonly deltas: readonly Delta[];
  /** HASH.json by hash, parents first */
  readonly commits: ReadonlyMap<string, RandomCommit>;
  /** branch to the commits that it may be at; the first is where most have it, and some are not on the way there */
  readonly branches: ReadonlyMap<string, readonly string[]>;
  /** ID.json by id */
  readonly versions: ReadonlyMap<string, { readonly text: string; readonly commit: string }>;
  /** what a training had come to at a commit, by its hash */
  readonly states: ReadonlyMap<string, string>;
  /** the checkpoints of the experiment "exp"; a list holds some of them */
  readonly checkpoints: readonly RandomCheckpoint[];
  /** sha256 of what each COMMIT/NAME reads as */
  readonly truth: ReadonlyMap<string, string>;
}

export interface RandomCheckpoint {
  readonly commit: string | null;
  readonly time: string;
}

export interface RandomCommit {
  readonly text: string;
  readonly parents: readonly string[];
  readonly needs: Needs;
}

/** Hashes without which something cannot be read. */
export interface Needs {
  readonly weights: readonly string[];
  readonly deltas: readonly string[];
}

export const floats = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * A small history: full weights, weights staged as deltas, deltas beside full copies; two branches at most, one of which may have gone on
 * differently for someone; merges, versions, and in some repositories the short hashes of old.
 */
export async function randomHistory(random: () => number): Promise<RandomHistory> {
  return new Maker(random).make();
}

class Maker {
  readonly #random: () => number;
  readonly #digits: 16 | 32;
  readonly #values: readonly (readonly number[])[];
  readonly #weights: readonly Weight[];
  readonly #deltas: Delta[] = [];
  readonly #commits = new Map<string, RandomCommit>();
  readonly #versions = new Map<string, { text: string; commit: string }>();
  readonly #truth = new Map<string, string>();

  constructor(random: () => number) {
    this.#random = random;
    this.#digits = random() < 0.2 ? 16 : 32;
    this.#values = Array.from({ length: 2 + this.#upTo(4) }, () => this.#fourNumbers());
    this.#weights = this.#values.map((numbers, index) => Weight.from({ name: `w${index}`, shape: [4], dtype: 'float32' }, floats(numbers)));
  }

  async make(): Promise<RandomHistory> {
    const main = await this.#line('main', 1 + this.#upTo(3));
    const branches = new Map([['main', main]]);
    if (this.#random() < 0.5) {
      const start = main.slice(this.#upTo(main.length));
      const merged = this.#random() < 0.2 ? main.slice(0, 1).filter((hash) => hash !== start[0]) : [];
      branches.set(this.#random() < 0.5 ? 'dev' : 'team/dev', await this.#line('dev', 1 + this.#upTo(2), start, merged));
    }
    if (this.#random() < 0.4) branches.set('main', [...main, ...await this.#line('fork', 1 + this.#upTo(2), main.slice(1 + this.#upTo(main.length)))]);
    const { states, checkpoints } = this.#training();
    return {
      weights: this.#weights, deltas: this.#deltas, commits: this.#commits, branches, versions: this.#versions, states, checkpoints,
      truth: this.#truth,
    };
  }

  /** A state of some commits, and checkpoints of some, one of them without a commit. */
  #training(): Pick<RandomHistory, 'states' | 'checkpoints'> {
    if (this.#random() < 0.4) return { states: new Map(), checkpoints: [] };
    const hashes = [...this.#commits.keys()];
    const state = (epoch: number): string => (
      `{\n  "epoch": ${epoch},\n  "global_step": ${epoch * 10},\n  "loss": NaN,\n  "metrics": {},\n  "timestamp": "2026-11-22T13:46:36"\n}`);
    const commits = [...hashes.filter(() => this.#random() < 0.5), null];
    return {
      states: new Map(hashes.flatMap((hash, epoch) => (this.#random() < 0.5 ? [[hash, state(epoch)]] : []))),
      checkpoints: commits.map((commit, index) => ({ commit, time: `2026-11-22T13:46:3${index % 10}.489770` })),
    };
  }

  /** New commits on top of others, the newest first. */
  async #line(called: string, count: number, start: readonly string[] = [], merged: readonly string[] = []): Promise<readonly string[]> {
    let line = start;
    for (let number = 1; number <= count; number += 1) line = [await this.#commit(`${called} ${number}`, [...line.slice(0, 1), ...(number === 1 ? merged : [])]), ...line];
    return line;
  }

  async #commit(message: string, parents: readonly string[]): Promise<string> {
    const weights: Record<string, string> = {};
    const deltas: Record<string, string> = {};
    const reads: Record<string, string> = {};
    for (let index = 0; index <= this.#upTo(3); index += 1) await this.#put(`layer.${index}`, weights, deltas, reads);
    const { hash, text } = commitFile({ message, time: new Date(1.7e12 + this.#upTo(1e9)), weights, deltas }, parents, this.#digits);
    this.#commits.set(hash, { text, parents, needs: { weights: Object.values(weights), deltas: Object.values(deltas) } });
    for (const [name, sha] of Object.entries(reads)) this.#truth.set(`${hash}/${name}`, sha);
    if (this.#random() < 0.3) this.#tag(`v${message}`, hash);
    return hash;
  }

  /** One weight of a commit: in full, in full with a delta beside it, or as a delta alone. */
  async #put(name: string, weights: Record<string, string>, deltas: Record<string, string>, reads: Record<string, string>): Promise<void> {
    const [base, own] = [this.#upTo(this.#weights.length), this.#upTo(this.#weights.length)];
    weights[name] = this.#weights[own]!.metadata.hash;
    reads[name] = sha256(floats(this.#values[own]!));
    const isStaged = this.#random() < 0.5;
    if (this.#random() < 0.5 || (!isStaged && base === own)) return;
    const change = this.#fourNumbers();
    const delta = await deltaOf(this.#weights[base]!.metadata.hash, change);
    this.#deltas.push(delta);
    deltas[name] = delta.metadata.hash;
    if (!isStaged) return;
    weights[name] = this.#weights[base]!.metadata.hash;
    reads[name] = sha256(floats(this.#values[base]!.map((value, at) => Math.fround(value + change[at]!))));
  }

  #tag(name: string, commit: string): void {
    const id = sha256(Buffer.from(`${name}:${commit}`)).slice(0, this.#digits === 16 ? 8 : 16);
    this.#versions.set(id, { commit, text: JSON.stringify({ version_id: id, commit_hash: commit, name, description: null, metrics: null }, null, 2) });
  }

  #upTo(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #fourNumbers(): number[] {
    return Array.from({ length: 4 }, () => Math.fround(this.#random()));
  }
}

async function deltaOf(referenceHash: string, change: readonly number[]): Promise<Delta> {
  const bytes = floats(change);
  const hash = await deltaHash(referenceHash, 'float32_raw', [bytes]);
  return new Delta(
    { hash, deltaType: 'float32_raw', referenceHash, originalShape: [4], originalDtype: 'float32', metadata: '{}', compressionRatio: 0 },
    { shape: [4], dtype: 'float32', byteOrder: 'little' }, async function* () { yield bytes; });
}
