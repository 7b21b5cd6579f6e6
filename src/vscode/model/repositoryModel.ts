import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CoralError } from '../../core/base/errors';
import type { RepairResult } from '../../core/repository/integrity/repair';
import type { IntegrityReport } from '../../core/repository/integrity/integrityReport';
import type { LinkedPart } from '../../core/repository/linkedParts';
import type { RemoteSummary, RepositorySnapshot } from '../../worker/protocol/repository';
import { Damage } from './damage';
import { RemoteModel, type RemoteHost } from './remoteModel';

export interface RepositoryHost extends RemoteHost {
  readonly repositoryChanged: (repository: RepositoryModel) => void;
}

/** One folder with `.coral`: what its files say, and its remotes. */
export class RepositoryModel {
  readonly root: string;
  readonly #host: RepositoryHost;
  #snapshot: RepositorySnapshot | undefined;
  #error: CoralError | undefined;
  #links: readonly LinkedPart[] = [];
  #realRoot: string | undefined;
  #remotes: readonly RemoteModel[] = [];
  #damage = new Damage<RemoteModel | undefined>();
  #reading: Promise<void> | undefined;
  #asked = 0;

  constructor(root: string, host: RepositoryHost) {
    this.root = root;
    this.#host = host;
  }

  get name(): string { return basename(this.root); }
  /** undefined until it was read for the first time */
  get snapshot(): RepositorySnapshot | undefined { return this.#snapshot; }
  /** Why the folder could not be read at all. */
  get error(): CoralError | undefined { return this.#error; }
  /** Links that lead out of the folder and that nobody has agreed to: until then nothing is read. `error` says so as well. */
  get links(): readonly LinkedPart[] { return this.#links; }
  /** where the folder leads, as last seen */
  get realRoot(): string { return this.#realRoot ?? this.root; }
  get remotes(): readonly RemoteModel[] { return this.#remotes; }
  /** What checks found in the repository itself (undefined) and in its remotes; one whose entry has changed since is another remote. */
  get damage(): Damage<RemoteModel | undefined> { return this.#damage; }
  get isTransferring(): boolean { return this.#remotes.some((remote) => remote.activity !== undefined); }

  /** What could not be read: all of it, or parts. */
  get problems(): readonly CoralError[] {
    return this.#error ? [this.#error] : (this.#snapshot?.problems ?? []).map((problem) => CoralError.fromJSON(problem));
  }

  /** What keeps weights.h5 from being read, if anything does. */
  get storeProblem(): CoralError | undefined {
    return this.problems.find(({ path }) => path?.endsWith('weights.h5'));
  }

  /** What keeps remotes.json from being read, if anything does. A remark about one that can be read is none. */
  get remotesProblem(): CoralError | undefined {
    if (this.#remotes.length > 0) return undefined;
    return this.problems.find(({ path }) => path?.endsWith('remotes.json'));
  }

  /** What a check of the repository (undefined) or of one of its remotes found. */
  takeCheck(place: RemoteModel | undefined, report: IntegrityReport): void {
    this.#setDamage(this.#damage.afterCheck(place, report));
  }

  takeRepair(place: RemoteModel | undefined, { mended }: RepairResult): void {
    this.#setDamage(this.#damage.afterRepair(place, mended));
  }

  /** Reads the folder, without any network; a call in the middle of one reads once more. Never rejects. */
  refresh(): Promise<void> {
    this.#asked += 1;
    this.#reading ??= this.#readUntilCurrent().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** Reads the folder if that was never done. */
  async load(): Promise<void> {
    if (this.#snapshot ?? this.#error) return;
    await (this.#reading ?? this.refresh());
  }

  async #readUntilCurrent(): Promise<void> {
    let answered: number;
    do {
      answered = this.#asked;
      await this.#read();
    } while (answered !== this.#asked);
  }

  async #read(): Promise<void> {
    const before = { snapshot: this.#snapshot, error: this.#error };
    try {
      this.#snapshot = await this.#host.client.call('repository', { root: this.root });
      this.#error = undefined;
      this.#links = [];
      this.#realRoot = this.#snapshot.realRoot;
      this.#remotes = this.#snapshot.remotes.map((summary) => this.#keep(summary) ?? this.#remoteOf(summary));
    } catch (error) {
      this.#error = CoralError.from(error);
      if (this.#error.reason === 'conflict') await this.#lookForLinks();
    }
    if (before.error === this.#error && sameData(before.snapshot, this.#snapshot)) return;
    this.#logProblems();
    this.#host.repositoryChanged(this);
    if (before.snapshot) this.#recheck();
  }

  #setDamage(damage: Damage<RemoteModel | undefined>): void {
    this.#damage = damage;
    for (const remote of this.#remotes) this.#host.changed(remote);
  }

  async #lookForLinks(): Promise<void> {
    const { realRoot, linked } = await this.#host.client.call('linkedParts', { root: this.root });
    const agreed = this.#host.consents.realPaths()[realRoot] ?? [];
    this.#realRoot = realRoot;
    this.#links = linked.filter(({ realPath }) => !agreed.includes(realPath));
    if (this.#links.length > 0) this.#remotes = [];
  }

  #logProblems(): void {
    for (const { message } of this.#error ? [this.#error] : this.#snapshot?.problems ?? []) this.#host.log.warn(message);
  }

  /** Something changed here: what was said about the remotes may no longer hold. Remotes nobody asked about stay unasked. */
  #recheck(): void {
    if (this.isTransferring) return;
    for (const remote of this.#remotes) if (remote.status && !remote.error) void remote.fetchStatusInTurn();
  }

  #keep(summary: RemoteSummary): RemoteModel | undefined {
    return this.#remotes.find(
      (remote) => remote.name === summary.name && remote.at.realRoot === this.realRoot && isDeepStrictEqual(remote.summary, summary),
    );
  }

  #remoteOf(summary: RemoteSummary): RemoteModel {
    return new RemoteModel({ root: this.root, realRoot: this.realRoot, summary, readAgain: () => this.refresh() }, this.#host);
  }
}

/** Stacks of errors differ from one reading to the next, and do not count. */
function sameData(one: RepositorySnapshot | undefined, other: RepositorySnapshot | undefined): boolean {
  const withoutStacks = (snapshot: RepositorySnapshot | undefined) =>
    snapshot && { ...snapshot, problems: snapshot.problems.map((problem) => ({ ...problem, stack: undefined })) };
  return isDeepStrictEqual(withoutStacks(one), withoutStacks(other));
}
