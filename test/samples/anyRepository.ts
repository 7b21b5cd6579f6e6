import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RemoteOptions } from '../../src/core/remotes/remoteStore';
import { Repository } from '../../src/core/repository/repository';
import { read } from '../unit/support/truths';
import { type Needs, randomHistory, type RandomHistory } from './randomHistory';
import { type Part, randomPart, randomStaging, repositoryWith } from './randomPart';
import { freshFolder } from './repositories';
import { randomNumbers } from './tensors';

/** Where remotes can be made that hold a part of a history. */
export interface RemotePlace {
  /** whether weights can lie there without metadata */
  readonly canLackMetadata: boolean;
  make(history: RandomHistory, part: Part): Promise<PlacedRemote>;
}

export interface PlacedRemote {
  readonly url: string;
  readonly options: RemoteOptions;
  /** weights there without metadata, as found without the core */
  nameless(): Promise<string[]>;
  remove(): Promise<void>;
}

/** What a repository and a remote have together, and what must come of it: told from the parts alone, and by no code of the core. */
interface Expected {
  /** both hold the same, and a clone would lack nothing */
  readonly isSynced: boolean;
  /** nothing that is named is lost, damaged or unnamed on both sides */
  readonly isWhole: boolean;
  readonly isStagedWhole: boolean;
  readonly isDiverged: boolean;
  readonly weights: ReadonlySet<string>;
  readonly commits: ReadonlySet<string>;
  readonly versions: ReadonlySet<string>;
  readonly states: ReadonlySet<string>;
  readonly checkpoints: ReadonlySet<string> | undefined;
  /** where the remote's branches are after a sync, and after a push by force */
  readonly branches: Readonly<Record<string, string>>;
  readonly forced: Readonly<Record<string, string>>;
}

/** What was seen of a seed, to be counted. */
export interface Seen {
  readonly what: readonly ('synced' | 'whole' | 'lost' | 'diverged' | 'staged' | 'old hashes' | 'slash' | 'tags' | 'deltas' | 'damaged' | 'nameless')[];
}

/**
 * A random repository and a random remote: called in sync just when they are; in sync after a sync unless something is lost or
 * diverged, and after a push by force even then; and a clone is equal each time.
 */
export async function tryAnyRepository(seed: number, place: RemotePlace): Promise<Seen> {
  const random = randomNumbers(seed);
  const history = await randomHistory(random);
  const staging = randomStaging(history, random);
  const here = randomPart(history, random, [0, 0.7, 0.9, 1][seed % 4]!);
  const drawn = randomPart(history, random, [1, 0.9, 0.7, 0, 1][seed % 5]!);
  const there = place.canLackMetadata ? drawn : { ...drawn, nameless: new Set<string>() };
  const expected = expect(history, here, there, staging?.needs);
  const repository = await repositoryWith(history, here, staging?.text, random);
  const remote = await place.make(history, there);
  await repository.addRemote('origin', remote.url);
  const untouched = async (): Promise<string[]> => Promise.all(['HEAD', 'staging/staged.json'].map((file) => readFile(join(repository.root, '.coral', file), 'utf8').catch(() => '')));
  const filesBefore = await untouched();
  const what = (when: string, detail: unknown = ''): string => `seed ${seed}, ${when} ${JSON.stringify(detail)}`;

  const before = await repository.getSyncStatus('origin', remote.options);
  assert.equal(before.isSynced, expected.isSynced, what('before', [before.kinds, before.warnings]));
  if (before.isSynced) await assertClone(history, remote, expected, what('before'));

  const { errors } = await repository.sync('origin', remote.options);
  const after = await repository.getSyncStatus('origin', remote.options);
  const isGood = expected.isWhole && !expected.isDiverged;
  assert.equal(after.isSynced, isGood && expected.isStagedWhole, what('after', [after.kinds, after.warnings, errors]));
  assert.equal(errors.length === 0, isGood, what('after', errors));
  if (expected.isWhole) {
    assert.deepEqual(await remote.nameless(), [], what('after'));
    await assertClone(history, remote, expected, what('after'));
  }
  if (expected.isWhole && expected.isDiverged) {
    assert.deepEqual((await repository.push('origin', { ...remote.options, force: true })).errors, [], what('forced'));
    assert.equal((await repository.getSyncStatus('origin', remote.options)).isSynced, expected.isStagedWhole, what('forced'));
    await assertClone(history, remote, { ...expected, branches: expected.forced }, what('forced'));
  }
  assert.deepEqual(await untouched(), filesBefore, what('HEAD and staging'));
  await Promise.all([rm(repository.root, { recursive: true }), remote.remove()]);
  return { what: seenOf(history, here, there, expected, staging !== undefined) };
}

async function assertClone(history: RandomHistory, remote: PlacedRemote, expected: Expected, what: string): Promise<void> {
  const { repository, result } = await Repository.clone(remote.url, await freshFolder(), remote.options);
  assert.deepEqual(result.errors, [], what);
  const state = await repository.state();
  assert.deepEqual([...state.commits.keys()].sort(), [...expected.commits].sort(), what);
  assert.deepEqual(state.versions.map(({ versionId }) => versionId).sort(), [...expected.versions].sort(), what);
  const { main, ...others } = state.branches;
  assert.deepEqual(main === '' ? others : state.branches, expected.branches, what); // "main" without a commit is what an empty repository has
  const coral = join(repository.root, '.coral');
  for (const hash of expected.states) assert.equal(await readFile(join(coral, 'states', `${hash}.json`), 'utf8'), history.states.get(hash), what);
  const list = await readFile(join(coral, 'checkpoints/exp.json'), 'utf8').catch(() => undefined);
  const times = list && (JSON.parse(list) as { checkpoints: { timestamp: string }[] }).checkpoints.map(({ timestamp }) => timestamp);
  assert.deepEqual(times, expected.checkpoints && [...expected.checkpoints].sort(), what);
  await using store = await closing(repository);
  assert.deepEqual((await store.list()).sort(), [...expected.weights].sort(), what);
  for (const [key, sha] of history.truth) {
    const [ref = '', name = ''] = key.split('/');
    if (expected.commits.has(ref)) assert.equal((await read(repository, name, ref)).sha256_le, sha, `${what}: ${key}`);
  }
  await rm(dirname(repository.root), { recursive: true });
}

async function closing(repository: Repository): Promise<{ list(): Promise<string[]>; [Symbol.asyncDispose](): Promise<void> }> {
  const store = await repository.localStore();
  return { list: () => store.list(), [Symbol.asyncDispose]: () => store.close() };
}

function expect(history: RandomHistory, here: Part, there: Part, staged: Needs = { weights: [], deltas: [] }): Expected {
  const union = (key: 'weights' | 'deltas' | 'commits' | 'versions' | 'states'): Set<string> => new Set([...here[key], ...there[key]]);
  const [weights, deltas, commits, versions] = [union('weights'), union('deltas'), union('commits'), union('versions')];
  const states = union('states');
  const checkpoints = here.checkpoints || there.checkpoints ? new Set([...here.checkpoints ?? [], ...there.checkpoints ?? []]) : undefined;
  const has = (needs: Needs): boolean => needs.weights.every((hash) => weights.has(hash)) && needs.deltas.every((hash) => deltas.has(hash));
  const tips = [...Object.values(here.branches), ...Object.values(there.branches), ...[...versions].map((id) => history.versions.get(id)!.commit), ...states];
  const isWhole = tips.every((commit) => commits.has(commit)) && [...here.damaged, ...there.damaged].every((hash) => commits.has(hash))
    && [...commits].every((hash) => { const { parents, needs } = history.commits.get(hash)!; return parents.every((parent) => commits.has(parent)) && has(needs); });
  const isStagedWhole = has(staged);

  const named = new Set([...commits].flatMap((hash) => history.commits.get(hash)!.needs.deltas));
  const counted = ({ deltas: held }: Part): Set<string> => new Set(history.deltas.flatMap(({ metadata: { hash, referenceHash } }) => (held.has(hash) && (named.has(hash) || weights.has(referenceHash)) ? [hash] : [])));
  const comparable = (part: Part): unknown => [part.weights, counted(part), part.commits, part.versions, part.states, part.checkpoints, part.branches];
  const isSynced = isWhole && isStagedWhole && there.nameless.size + here.damaged.size + there.damaged.size === 0 && isSame(comparable(here), comparable(there));

  const isBefore = (older: string, newer: string): boolean => older === newer || history.commits.get(newer)!.parents.some((parent) => isBefore(older, parent));
  const ends = [...history.branches.keys()].flatMap((name) => {
    const [ours, theirs] = [here.branches[name], there.branches[name]];
    const last = ours === undefined || (theirs !== undefined && isBefore(ours, theirs)) ? theirs : ours;
    return last === undefined ? [] : [{ name, last, isDiverged: ours !== undefined && theirs !== undefined && !isBefore(ours, theirs) && !isBefore(theirs, ours), theirs }];
  });
  return {
    isSynced, isWhole, isStagedWhole, isDiverged: ends.some(({ isDiverged }) => isDiverged), weights, commits, versions, states, checkpoints,
    branches: Object.fromEntries(ends.map(({ name, last, isDiverged, theirs }) => [name, isDiverged ? theirs! : last])),
    forced: Object.fromEntries(ends.map(({ name, last }) => [name, last])),
  };
}

function isSame(one: unknown, other: unknown): boolean {
  try {
    assert.deepEqual(one, other);
    return true;
  } catch {
    return false;
  }
}

function seenOf(history: RandomHistory, here: Part, there: Part, { isSynced, isWhole, isDiverged, commits, versions, branches }: Expected, isStaged: boolean): Seen['what'] {
  const seen: Readonly<Record<Seen['what'][number], boolean>> = {
    synced: isSynced, whole: isWhole, lost: !isWhole, diverged: isWhole && isDiverged, staged: isStaged, 'old hashes': isWhole && [...commits].some((hash) => hash.length === 16),
    slash: isWhole && 'team/dev' in branches, tags: isWhole && versions.size > 0, deltas: isWhole && [...commits].some((hash) => history.commits.get(hash)!.needs.deltas.length > 0),
    damaged: isWhole && here.damaged.size + there.damaged.size > 0, nameless: isWhole && there.nameless.size > 0,
  };
  return (Object.keys(seen) as Seen['what'][number][]).filter((key) => seen[key]);
}
