// The page that compares two weights.
import type { WeightDifference } from '../core/analysis/compare';
import { formatCount } from '../text/format';
import { numberText, shareText } from '../text/numberText';
import type { WeightFacts } from '../worker/protocol/details';
import { button, facts as factList, h, notes } from './dom';
import { histogramChart } from './histogramChart';
import type { ComparisonPageAsks, ComparisonPageState, ComparisonPart, ToComparisonPage } from './messages';
import { Page } from './page';
import { Section } from './section';
import { storedText, tensorText, weightTitle } from './weightText';

type Side = 'one' | 'other';

const page = new Page<ComparisonPart, ToComparisonPage, ComparisonPageAsks, ComparisonPageState>();
const section = (part: ComparisonPart, title: string) => new Section(part, title, page);
const sections = { facts: section('facts', 'Weights'), difference: section('difference', 'Difference') };
const histogram = h('section', { 'aria-labelledby': 'histogram-title', hidden: true });
document.getElementById('page')?.append(
  h('header', {}, h('h1', {}, 'Comparison')), sections.facts.element, sections.difference.element, histogram,
);

page.onMessage((message) => {
  switch (message.kind) {
    case 'facts': return showFacts(message.one, message.other);
    case 'difference': return showDifference(message.difference);
    case 'working': return sections[message.part].working(message);
    case 'problem':
      if (message.part === 'difference') histogram.hidden = true;
      return sections[message.part].fail(message);
  }
});

function showFacts(one: WeightFacts, other: WeightFacts): void {
  const title = h('h1', {}, weightTitle(one) === weightTitle(other) ? weightTitle(one) : `${weightTitle(one)} and ${weightTitle(other)}`);
  document.querySelector('header')?.replaceChildren(
    title, h('p', { class: 'tensor' }, 'Difference of the second from the first, element by element'),
  );
  sections.facts.show('', h('div', { class: 'sides' }, sideOf('one', 'First', one), sideOf('other', 'Second', other)));
  sections.difference.isHidden = !one.isLocal || !other.isLocal;
}

function sideOf(side: Side, title: string, facts: WeightFacts): HTMLElement {
  const target = page.state.target[side];
  const [commit] = facts.commits.filter(({ commit: hash, name }) => (target.commit ?? hash) === hash && (target.name ?? name) === name);
  const sources = facts.remotes.filter(({ holds }) => holds).map(({ name }) => name);
  return h('article', { 'aria-label': `${title} weight` }, h('h3', {}, `${title}: ${weightTitle(facts)}`), factList([
    ['Tensor', tensorText(facts, target)],
    ['Hash', h('code', {}, facts.hash)],
    ['Stored', storedText(facts)],
    ['Commit', commit && `${commit.commit.slice(0, 8)} ${commit.message}`],
  ]), h('p', { class: 'actions' }, button(
    'Open', () => page.send({ kind: 'show', side }), { class: 'secondary', 'aria-label': `Open ${title.toLowerCase()} weight` },
  ),
    ...(facts.isLocal
      ? []
      : sources.map((remote) => button(`Fetch It from ${remote}`, () => page.send({ kind: 'fetch', side, remote }))))));
}

function showDifference(difference: WeightDifference): void {
  const { count, equal, notFinite, maxAbs, meanAbs, cosine, of, isRounded } = difference;
  const text = (value: number | undefined): string => (value === undefined ? '–' : numberText(value));
  const remarks = [
    ...(equal === count ? ['All elements are equal.'] : []),
    ...(of === 'magnitudes' ? ['The numbers are complex; the histogram is that of the magnitudes of their differences.'] : []),
    ...(isRounded ? ['Numbers that need more than 53 bits were rounded before they were compared.'] : []),
  ];
  sections.difference.show(`${formatCount(equal)} of ${formatCount(count)} elements are equal.`, factList([
    ['Elements', formatCount(count)], ['Equal', `${formatCount(equal)} (${shareText(equal, count)})`],
    ['Max |Δ|', text(maxAbs)], ['Mean |Δ|', text(meanAbs)], ['Cosine', cosine === undefined ? '–' : String(Number(cosine.toFixed(6)))],
    ['Not finite', formatCount(notFinite)],
  ]), ...notes(remarks));
  histogram.hidden = false;
  histogram.replaceChildren(h('h2', { id: 'histogram-title' }, 'Histogram of differences'), histogramChart(difference.histogram, {
    noun: 'differences', scale: page.state.scale ?? 'linear', onScale: (scale) => page.remember({ scale }),
  }));
}
