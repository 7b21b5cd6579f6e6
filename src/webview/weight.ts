// The page of one weight: facts, statistics, histogram and heat map.
import type { SliceData } from '../core/analysis/slice';
import type { Statistics } from '../core/analysis/statistics';
import { formatCount } from '../text/format';
import { numberText, shareText } from '../text/numberText';
import type { WeightFacts } from '../worker/protocol/details';
import { button, facts as factList, h, notes } from './dom';
import { HeatMap } from './heatMap';
import { histogramChart } from './histogramChart';
import type { ToWeightPage, WeightPageAsks, WeightPageState, WeightPart } from './messages';
import { onThemeChange, Page } from './page';
import { Section } from './section';
import { SliceChooser } from './sliceChooser';
import { versionsTable } from './versionsTable';
import { commitsText, otherNamesText, remotesText, storedText, tensorText, weightTitle } from './weightText';

const page = new Page<WeightPart, ToWeightPage, WeightPageAsks, WeightPageState>();
const section = (part: WeightPart, title: string) => new Section(part, title, page);

const header = h('header');
const sections = {
  facts: section('facts', 'Weight'), statistics: section('statistics', 'Statistics'), slice: section('slice', 'Heat map'),
};
const histogram = h('section', { 'aria-labelledby': 'histogram-title', hidden: true });
const commits = h('section', { class: 'commits', hidden: true });
const charts = h('div', { class: 'charts' }, histogram, sections.slice.element);
document.getElementById('page')?.append(header, sections.facts.element, sections.statistics.element, charts, commits);

const picture = h('div');
let heatMap: HeatMap | undefined;
let chooser: SliceChooser | undefined;
let known: WeightFacts | undefined;
onThemeChange(() => heatMap?.draw());

page.onMessage((message) => {
  switch (message.kind) {
    case 'facts': return showFacts(message.facts);
    case 'statistics': return showStatistics(message.statistics);
    case 'slice': return showSlice(message.slice);
    case 'working': return sections[message.part].working(message);
    case 'problem': return sections[message.part].fail(message);
  }
});

function showFacts(facts: WeightFacts): void {
  known = facts;
  header.replaceChildren(h('h1', {}, weightTitle(facts)), h('p', { class: 'tensor' }, tensorText(facts, page.state.target)));
  const hash = h('span', {}, h('code', {}, facts.hash), ' ', button(
    'Copy', () => page.send({ kind: 'copyHash' }), { 'aria-label': 'Copy the hash', class: 'secondary' },
  ));
  sections.facts.show('', factList([
    [facts.delta ? 'Based on' : 'Hash', hash],
    ['Stored', storedText(facts)],
    ['Version', versionText(facts)],
    ['Commits', commitsText(facts)],
    ['Remotes', remotesText(facts)],
    ['Also named', facts.names.length > 1 ? otherNamesText(facts) : undefined],
    ['Layer', facts.layerType],
    ['Model', facts.modelName],
  ]), facts.isLocal ? actions() : fetchOffer(facts));
  for (const element of [sections.statistics, sections.slice]) element.isHidden = !facts.isLocal;
  commits.hidden = facts.commits.length === 0;
  commits.replaceChildren(h('h2', {}, 'Commits'), versionsTable('Commits that hold this weight, newest first', facts.commits));
}

/** The commit that the tab is about, where it is about one. */
function versionText({ commits: versions }: WeightFacts): string | undefined {
  const { commit, name } = page.state.target;
  const version = versions.find((each) => each.commit === commit && each.name === name);
  return version && `${version.commit.slice(0, 8)} ${version.message}`;
}

function actions(): HTMLElement {
  return h('p', { class: 'actions' }, button('Compare With…', () => page.send({ kind: 'compare' })));
}

/** A weight that is elsewhere: what holds it can be asked for it. */
function fetchOffer({ remotes }: WeightFacts): HTMLElement {
  const holding = remotes.filter(({ holds }) => holds).map(({ name }) => name);
  const named = page.state.target.remote;
  const sources = holding.length > 0 ? holding : named === undefined ? remotes.map(({ name }) => name) : [named];
  const text = sources.length > 0 ? 'Its values are not here. Fetch it to see statistics, a histogram and a heat map.'
    : 'Its values are not here, and there is no remote to fetch it from.';
  return h('div', { class: 'offer' }, h('p', {}, text), h(
    'p', { class: 'actions' }, ...sources.map((remote) => button(`Fetch It from ${remote}`, () => page.send({ kind: 'fetch', remote }))),
  ));
}

function showStatistics(statistics: Statistics): void {
  const { count, of, zeros, nan, infinite, min, max, mean, std, exact, isRounded } = statistics;
  const text = (value: number | undefined): string => (value === undefined ? '–' : numberText(value));
  const share = (part: number): string => (part === 0 ? '0' : `${formatCount(part)} (${shareText(part, count)})`);
  const remarks = [
    ...(of === 'magnitudes' ? ['The numbers are complex; the statistics are those of their magnitudes.'] : []),
    ...(isRounded ? ['Numbers that need more than 53 bits were rounded for the mean, the standard deviation and the histogram.'] : []),
  ];
  sections.statistics.show(`Statistics of ${formatCount(count)} elements are shown.`, factList([
    ['Elements', formatCount(count)],
    ['Min', exact?.min ?? text(min)], ['Max', exact?.max ?? text(max)], ['Mean', text(mean)], ['Std', text(std)],
    ['Zeros', share(zeros)], ['NaN', share(nan)], ['Inf', share(infinite)],
  ]), ...notes(remarks));
  histogram.hidden = false;
  histogram.replaceChildren(h('h2', { id: 'histogram-title' }, 'Histogram'), histogramChart(statistics.histogram, {
    noun: 'elements', scale: page.state.scale ?? 'linear', onScale: (scale) => page.remember({ scale }),
  }));
}

function showSlice(slice: SliceData): void {
  heatMap = new HeatMap(slice);
  const { rows, columns, cellRows, cellColumns, notFinite, cells, choice } = slice;
  chooser ??= new SliceChooser(known?.shape ?? [], choice, (chosen) => {
    page.remember({ choice: chosen });
    page.send({ kind: 'choose', choice: chosen });
  });
  const remarks = [
    ...(rows > cellRows || columns > cellColumns
      ? [`${formatCount(rows)} × ${formatCount(columns)} elements in ${cellRows} × ${cellColumns} cells.`]
      : []),
    ...(notFinite > 0 ? [`${formatCount(notFinite)} elements are NaN or infinite and are left out.`] : []),
  ];
  picture.replaceChildren(
    cells.length === 0 ? h('p', {}, 'There are no elements to show.') : heatMap.element,
    ...notes(remarks));
  sections.slice.show('The heat map is shown.', chooser.element, picture);
}
