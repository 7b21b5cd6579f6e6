import { formatBytes, formatCount, formatCountOf, formatTensor } from '../vscode/format';
import type { WeightFacts, WeightVersion } from '../worker/protocol/details';
import { table } from './dom';
import type { ShownWeight } from './messages';

export function titleOf(facts: Pick<WeightFacts, 'hash' | 'names'>): string {
  return facts.names[0] ?? facts.hash;
}

/** "float16 [4096, 4096] · 33.6 MB", as far as it is known. */
export function tensorText(facts: WeightFacts, shown: ShownWeight): string {
  const { shape = shown.shape, dtype = shown.dtype, byteLength = shown.byteLength } = facts;
  const tensor = dtype !== undefined && shape ? [formatTensor(dtype, shape)] : [];
  return [...tensor, ...(byteLength === undefined ? [] : [`${formatBytes(byteLength)}${byteLength < 1000 ? '' : ` (${formatCount(byteLength)} bytes)`}`])].join(' · ');
}

/** Where it is kept here. */
export function storedText({ isLocal, compression, delta }: WeightFacts): string {
  if (delta) return `as a delta (${delta.type}) of weight ${delta.referenceHash}`;
  return isLocal ? `in weights.h5, ${compression ?? ''}` : 'not in this repository';
}

/** "on origin, backup", and of which remotes nobody knows. */
export function remotesText({ remotes }: WeightFacts): string {
  if (remotes.length === 0) return 'this repository has none';
  const named = (holds: boolean | undefined): string => remotes.filter((remote) => remote.holds === holds).map(({ name }) => name).join(', ');
  return [
    ...(named(true) === '' ? [] : [`on ${named(true)}`]), ...(named(false) === '' ? [] : [`not on ${named(false)}`]),
    ...(named(undefined) === '' ? [] : [`not asked yet: ${named(undefined)}`]),
  ].join('; ');
}

export function commitsText({ commits }: WeightFacts): string {
  return commits.length === 0 ? 'none' : formatCountOf(commits.length, 'commit');
}

export function versionsTable(caption: string, versions: readonly WeightVersion[]): HTMLElement {
  return table(caption, [
    { title: 'Commit', text: ({ commit }) => commit.slice(0, 8) },
    { title: 'Message', text: ({ message }) => message },
    { title: 'Branches', text: ({ branches }) => branches.join(', ') },
    { title: 'Author', text: ({ author }) => author },
    { title: 'Time', text: ({ timestamp }) => timestamp.slice(0, 16).replace('T', ' ') },
    { title: 'Name', text: ({ name }) => name },
  ], versions);
}
