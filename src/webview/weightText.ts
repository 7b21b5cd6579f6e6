// What is known of a weight, in words. Knows nothing of pages.
import { formatBytes, formatCount, formatCountOf, formatExactBytes, formatTensor } from '../text/format';
import { shareText } from '../text/numberText';
import type { WeightFacts } from '../worker/protocol/details';
import type { ShownWeight } from './messages';

export function weightTitle(facts: Pick<WeightFacts, 'hash' | 'names'>): string {
  return facts.names[0] ?? facts.hash;
}

/** "float16 [4096, 4096] · 33.6 MB", as far as it is known. */
export function tensorText(facts: WeightFacts, shown: ShownWeight): string {
  const { shape = shown.shape, dtype = shown.dtype, byteLength = shown.byteLength } = facts;
  const tensor = dtype !== undefined && shape ? [formatTensor(dtype, shape)] : [];
  return [...tensor, ...(byteLength === undefined ? [] : [formatExactBytes(byteLength)])].join(' · ');
}

/** Where it is kept here, and how small: "in weights.h5, gzip, 12.3 kB (38 % of raw)". */
export function storedText({ isLocal, compression, delta, byteLength = 0, storedBytes }: WeightFacts): string {
  if (!delta && !isLocal) return 'not in this repository';
  const share = byteLength === 0 || storedBytes === undefined || storedBytes === byteLength
    ? ''
    : ` (${shareText(storedBytes, byteLength)} of raw)`;
  const size = storedBytes === undefined ? [] : [`${formatBytes(storedBytes)}${share}`];
  const how = delta
    ? [`as a delta (${delta.type}) of weight ${delta.referenceHash}`]
    : ['in weights.h5', ...(compression === undefined ? [] : [compression])];
  return [...how, ...size].join(', ');
}

/** "on origin, backup", and of which remotes nobody knows. */
export function remotesText({ remotes }: WeightFacts): string {
  if (remotes.length === 0) return 'this repository has none';
  const named = (holds: boolean | undefined): string => (
    remotes.filter((remote) => remote.holds === holds).map(({ name }) => name).join(', '));
  return [
    ...(named(true) === '' ? [] : [`on ${named(true)}`]), ...(named(false) === '' ? [] : [`not on ${named(false)}`]),
    ...(named(undefined) === '' ? [] : [`not asked yet: ${named(undefined)}`]),
  ].join('; ');
}

export function commitsText({ commits }: WeightFacts): string {
  return commits.length === 0 ? 'none' : formatCountOf(commits.length, 'commit');
}

/** What else it is called; of many only the first. */
export function otherNamesText({ names }: Pick<WeightFacts, 'names'>): string {
  const others = names.slice(1);
  const more = others.length - maxNames;
  return [...others.slice(0, maxNames), ...(more > 0 ? [`and ${formatCount(more)} more`] : [])].join(', ');
}

const maxNames = 12;
