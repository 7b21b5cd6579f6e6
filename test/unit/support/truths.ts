import { createHash } from 'node:crypto';
import type { Repository } from '../../../src/core/repository/repository';
import { readFixtureJson } from './fixtures';

export interface Truth {
  readonly sha256_le: string;
  readonly hash: string;
  readonly shape: number[];
  readonly dtype: string;
}

interface Entry {
  readonly delta?: { readonly kind: 'stage' | 'commit' };
  readonly original: Truth;
  readonly upstream_reads: Truth;
}

export interface Fixture {
  readonly commits: Record<string, { readonly parent_hashes: string[]; readonly weight_hashes: Record<string, string> }>;
  readonly entries?: Record<string, Entry>;
  /** of "pushed": what was staged */
  readonly weights?: Record<string, Truth>;
}

/** The fixtures of deltas, as their manifest describes them. */
export const deltaFixtures = readFixtureJson('deltas', 'manifest.json') as Record<string, Fixture>;

/** A delta that the commit added stands beside the full copy, which is exact; otherwise what is stored is all that there is. */
function truthOf({ delta, original, upstream_reads }: Entry): Truth {
  return delta?.kind === 'commit' ? original : upstream_reads;
}

/** What each name in each commit must read as; entries are called "commit1/NAME", from the oldest commit on. */
export function truths({ commits, entries, weights }: Fixture): { ref: string; name: string; truth: Truth }[] {
  const oldestFirst = Object.keys(commits).sort((a, b) => commits[a]!.parent_hashes.length - commits[b]!.parent_hashes.length);
  return oldestFirst.flatMap((ref, i) => Object.keys(commits[ref]!.weight_hashes).flatMap((name) => {
    const entry = entries?.[`commit${i + 1}/${name}`];
    const truth = entry === undefined ? weights?.[name] : truthOf(entry);
    return truth === undefined ? [] : [{ ref, name, truth }];
  }));
}

/** What a name of a commit reads as. */
export async function read(repository: Repository, name: string, ref?: string): Promise<Truth> {
  const weight = await repository.readWeight(name, ref);
  const sha = createHash('sha256');
  for await (const block of weight.blocks()) sha.update(block);
  const { hash, shape, dtype } = weight.metadata;
  return { hash, shape: [...shape], dtype, sha256_le: sha.digest('hex') };
}
