import { CoralError, throwIfCancelled } from '../errors';
import type { Commit } from '../history/commit';
import type { Commits } from '../history/graph';
import type { Inventory, Recorded, Side } from './inventory';
import { lackedBy, type Need, needsOf, parentsFirst } from './needs';
import type { NamedCommit } from '../history/versionFile';
import { mapAtOnce } from '../base/mapAtOnce';
import type { Way } from './plan';
import { conflictingDelta, type DeltaMetadata, sameDelta } from '../weights/delta';

/** A side of an exchange and what it held when someone last looked. */
export interface Stock {
  readonly side: Side;
  readonly holds: Inventory;
  /** for people: "this repository", "origin" */
  readonly called: string;
}

export interface ExchangeOptions {
  /** name of the remote, for errors */
  readonly remote: string;
  readonly way: Way;
  /** Only these commits, with their deltas and versions; all that the source holds when absent. */
  readonly commits?: ReadonlySet<string> | undefined;
  /** weights and deltas that the caller chose not to send: commits that need them stay behind, which is no error */
  readonly leftOut?: ReadonlySet<string> | undefined;
  /** Replace versions that differ. */
  readonly force?: boolean | undefined;
  /** Only finds out what would come of it: reads no delta, and writes nothing. */
  readonly isTrial?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ExchangeOutcome {
  readonly deltas: number;
  readonly commits: number;
  readonly versions: number;
  readonly errors: readonly CoralError[];
  readonly warnings: readonly string[];
  /** what the destination holds now */
  readonly holds: Inventory;
}

const atOnce = 32;

/** What goes: each kind before those that need it. */
type Kind = 'deltas' | 'commits' | 'versions';
const nouns: Record<Kind, string> = { deltas: 'delta', commits: 'commit', versions: 'version' };

/**
 * Brings what weights are nothing without from one side to the other, after the weights: deltas, then commits, parents first, then
 * versions. A commit goes only where all that it names is, and a version only where its commit is. Never rejects.
 */
export async function exchangeHistory(from: Stock, to: Stock, options: ExchangeOptions): Promise<ExchangeOutcome> {
  return new Exchange(from, to, options).run();
}

class Exchange {
  readonly #from: Stock;
  readonly #to: Stock;
  readonly #options: ExchangeOptions;
  readonly #deltas: Map<string, DeltaMetadata>;
  readonly #commits: Map<string, Recorded<Commit>>;
  readonly #versions: Map<string, Recorded<NamedCommit>>;
  /** what the destination took, and is not yet known to hold */
  readonly #taken = new Map<string, () => Promise<void>>();
  readonly #sent = { deltas: 0, commits: 0, versions: 0 };
  readonly #errors: CoralError[] = [];
  readonly #leftBehind: string[] = [];

  constructor(from: Stock, to: Stock, options: ExchangeOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#deltas = new Map(to.holds.deltas);
    this.#commits = new Map(to.holds.commits);
    this.#versions = new Map(to.holds.versions);
  }

  async run(): Promise<ExchangeOutcome> {
    try {
      const { store, history } = this.#to.side;
      await this.#sendDeltas();
      await this.#confirm('deltas', (signal) => store.unconfirmedDeltas?.(signal));
      await this.#sendCommits();
      await this.#confirm('commits', (signal) => history.commits.unconfirmed?.(signal));
      await this.#sendVersions();
      await this.#confirm('versions', (signal) => history.versions.unconfirmed?.(signal));
    } catch (error) {
      this.#fail(CoralError.from(error, 'network'));
      for (const id of this.#taken.keys()) this.#forget(id);
    }
    const holds = { ...this.#to.holds, deltas: this.#deltas, commits: this.#commits, versions: this.#versions };
    return { ...this.#sent, errors: this.#errors, warnings: this.#warnings(), holds };
  }

  async #sendDeltas(): Promise<void> {
    const wanted = this.#deltasToSend();
    for (const { hash } of wanted.filter((delta) => this.#deltas.has(delta.hash))) this.#fail(conflictingDelta(hash, this.#to.called));
    await mapAtOnce(wanted.filter(({ hash }) => !this.#deltas.has(hash)), atOnce, (metadata) => this.#attempt(async () => {
      await this.#send(metadata.hash, () => this.#sendDelta(metadata.hash));
      this.#deltas.set(metadata.hash, metadata);
    }));
  }

  async #sendDelta(hash: string): Promise<void> {
    const { signal } = this.#options;
    const delta = await this.#from.side.store.readDelta(hash, signal);
    if (delta === undefined) throw new CoralError('missing', `Delta ${hash} is no longer there; something removed it. Refresh and try again.`);
    await this.#to.side.store.writeDelta(delta, { signal });
  }

  /** Those that can be decoded there, or tell a commit's full copy from a reference; and those that are there with other parameters. */
  #deltasToSend(): DeltaMetadata[] {
    const commits = [...this.#chosenCommits().values()];
    const chosen = this.#options.commits === undefined ? undefined : new Set(commits.flatMap(({ deltaWeights }) => Object.values(deltaWeights)));
    const besideFullCopies = new Set(commits.flatMap(({ deltaWeights, weightHashes }) => Object.entries(deltaWeights).flatMap(([name, hash]) => (
      this.#from.holds.deltas.get(hash)?.referenceHash === weightHashes[name] ? [] : [hash]))));
    return [...this.#from.holds.deltas.values()].filter((delta) => {
      const there = this.#deltas.get(delta.hash);
      if (chosen?.has(delta.hash) === false || this.#options.leftOut?.has(delta.hash) === true || (there !== undefined && sameDelta(there, delta))) return false;
      return this.#to.holds.weights.has(delta.referenceHash) || besideFullCopies.has(delta.hash);
    });
  }

  /** One after another where one is the parent of the next, so that nobody ever finds a commit without its past. */
  async #sendCommits(): Promise<void> {
    const missing = new Map([...this.#chosenCommits()].filter(([hash]) => !this.#commits.has(hash)));
    for (const commit of parentsFirst(missing)) {
      throwIfCancelled(this.#options.signal);
      if (!commit.parentHashes.every((parent) => this.#commits.has(parent))) {
        this.#withoutPast(commit, missing);
        continue;
      }
      const lacked = lackedBy({ weights: this.#to.holds.weights, deltas: this.#deltas }, needsOf(commit), this.#from.holds.deltas);
      if (lacked.length > 0) this.#holdBack(commit, lacked);
      else await this.#attempt(() => this.#sendCommit(commit.commitHash));
    }
  }

  async #sendCommit(hash: string): Promise<void> {
    const record = this.#from.holds.commits.get(hash);
    if (record === undefined) return;
    await this.#send(hash, () => this.#to.side.history.commits.write(hash, record.bytes, this.#options.signal));
    this.#commits.set(hash, record);
  }

  async #sendVersions(): Promise<void> {
    const { commits, force = false, way, signal } = this.#options;
    for (const [id, record] of this.#from.holds.versions) {
      throwIfCancelled(signal);
      const { name, commitHash } = record.value;
      const there = this.#versions.get(id);
      if (commits?.has(commitHash) === false) continue;
      const isLost = !this.#commits.has(commitHash) && !this.#from.holds.commits.has(commitHash);
      if (there !== undefined && Buffer.compare(there.bytes, record.bytes) === 0) {
        // A pull tells what the remote lacks, as it does of refs; a push need not say it again.
        if (isLost && way === 'pull') this.#fail(lostVersion(record.value, 'neither side'));
        continue;
      }
      if (there !== undefined && !force) {
        this.#fail(new CoralError('conflict', `Version "${name}" (${id}) has another description or other metrics in ${this.#to.called}. Nothing was overwritten; force replaces it.`));
      } else if (this.#commits.has(commitHash)) {
        await this.#attempt(async () => {
          await this.#send(id, () => this.#to.side.history.versions.write(id, record.bytes, signal));
          this.#versions.set(id, record);
        });
      } else if (isLost) {
        this.#fail(lostVersion(record.value, 'neither side', ` It ${this.#stays}.`));
      }
    }
  }

  async #send(id: string, work: () => Promise<void>): Promise<void> {
    if (this.#options.isTrial !== true) await work();
    this.#taken.set(id, work);
  }

  /** Counts what was taken. What turns out not to be there is sent once more, and is not counted when it is not there even then. */
  async #confirm(kind: Kind, look: (signal: AbortSignal | undefined) => Promise<readonly string[]> | undefined): Promise<void> {
    const { isTrial = false, signal } = this.#options;
    const lost = async (): Promise<readonly string[]> => (isTrial || this.#taken.size === 0 ? [] : await look(signal) ?? []);
    for (const id of await lost()) await this.#taken.get(id)?.();
    for (const id of await lost()) {
      this.#forget(id);
      this.#taken.delete(id);
      this.#fail(new CoralError(
        'corrupt', `${this.#to.called} does not hold ${nouns[kind]} ${id} as it was sent, though it confirmed it. Push again; if that does not help, use another server.`));
    }
    this.#sent[kind] += this.#taken.size;
    this.#taken.clear();
  }

  /** It is not there after all. */
  #forget(id: string): void {
    for (const there of [this.#deltas, this.#commits, this.#versions]) there.delete(id);
  }

  #chosenCommits(): Commits {
    const { commits } = this.#options;
    return new Map([...this.#from.holds.commits].filter(([hash]) => commits?.has(hash) !== false).map(([hash, { value }]) => [hash, value]));
  }

  /** Where the parent is held back, that says it all. */
  #withoutPast({ commitHash, parentHashes }: Commit, missing: Commits): void {
    const lost = parentHashes.find((parent) => !this.#commits.has(parent) && !missing.has(parent));
    if (lost === undefined) return;
    this.#fail(new CoralError('missing', `Commit ${commitHash} ${this.#stays}: its parent ${lost} is not in ${this.#to.called}, and cannot be read here. Restore it from a copy.`));
  }

  #holdBack(commit: Commit, lacked: readonly Need[]): void {
    const { leftOut } = this.#options;
    if (lacked.every(({ hash }) => leftOut?.has(hash) === true)) {
      this.#leftBehind.push(commit.commitHash);
      return;
    }
    const [first] = lacked;
    if (first === undefined) return;
    const held = first.kind === 'weight' ? this.#from.holds.weights.has(first.hash) : this.#from.holds.deltas.has(first.hash);
    const more = lacked.length > 1 ? ` and ${lacked.length - 1} more` : '';
    this.#fail(new CoralError(
      'missing', `Commit ${titleOf(commit)} ${this.#stays}: "${first.name}" (${first.kind} ${first.hash})${more} is ${held ? `not in ${this.#to.called}` : 'on neither side'}. `
      + (held ? 'Try again when it has arrived.' : 'Restore it from a copy.')));
  }

  /** "was not pushed" */
  get #stays(): string {
    return this.#staying('was');
  }

  #staying(was: 'was' | 'were'): string {
    const { way, isTrial = false } = this.#options;
    return `${isTrial ? 'will not be' : `${was} not`} ${way === 'push' ? 'pushed' : 'pulled'}`;
  }

  #warnings(): string[] {
    const count = this.#leftBehind.length;
    if (count === 0) return [];
    return [`${count === 1 ? `Commit ${String(this.#leftBehind[0])} ${this.#stays}` : `${count} commits ${this.#staying('were')}`}, because weights that they name were left out.`];
  }

  /** What concerns only this is told, and the rest goes on. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const known = CoralError.from(error, 'network');
      if (known.reason !== 'corrupt' && known.reason !== 'conflict' && known.reason !== 'unsupported' && known.reason !== 'invalid') throw known;
      this.#fail(known);
    }
  }

  /** An error's hash is a weight's: that of a delta is in its sentence. */
  #fail({ reason, message, path, line, cause }: CoralError): void {
    this.#errors.push(new CoralError(reason, message, { remote: this.#options.remote, path, line }, { cause }));
  }
}

/** What is wrong with a version whose commit is nowhere. */
export function lostVersion({ name, versionId, commitHash }: NamedCommit, nobody: string, more = ''): CoralError {
  return new CoralError('missing', `Version "${name}" (${versionId}) names commit ${commitHash}, which ${nobody} has.${more} Restore the commit's file from a copy, or delete the version.`);
}

/** 1a2b3c4d "first line of its message" */
export function titleOf({ commitHash, metadata: { message } }: Commit): string {
  const [line = ''] = message.split('\n');
  return `${commitHash.slice(0, 8)} ${JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line)}`;
}
