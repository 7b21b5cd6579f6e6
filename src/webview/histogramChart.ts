import type { HistogramData } from '../core/analysis/growingHistogram';
import { formatCount } from '../text/format';
import { numberText } from '../text/numberText';
import { choice, folded, h, svg, table } from './dom';
import { barHeight } from './scales';

type Scale = 'linear' | 'log';

export interface HistogramOptions {
  /** what is counted: "elements", "differences" */
  readonly noun: string;
  readonly scale: Scale;
  readonly onScale: (scale: Scale) => void;
}

const [width, height] = [640, 200];

/** The histogram as bars, with a switch for its scale, and as a table. */
export function histogramChart(data: HistogramData, { noun, scale, onScale }: HistogramOptions): HTMLElement {
  const edge = (bin: number): number => (data.first + bin) * data.width;
  const { counts } = data;
  if (counts.length === 0) return h('p', {}, `There are no finite ${noun} to count.`);
  const max = Math.max(...counts);
  const peak = counts.indexOf(max);
  const label = `Histogram of ${counts.length} bins from ${numberText(edge(0))} to ${numberText(edge(counts.length))}. `
    + `Most ${noun}, ${formatCount(max)}, lie between ${numberText(edge(peak))} and ${numberText(edge(peak + 1))}.`;
  const picture = svg(
    'svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label, class: 'histogram' },
  );
  const draw = (chosen: Scale): void => (
    picture.replaceChildren(...bars(data, edge, max, chosen), ...zeroLine(edge(0), edge(counts.length))));
  draw(scale);
  const filled = counts.map((count, bin) => ({ count, bin })).filter(({ count }) => count > 0);
  return h('figure', {},
    choice('Scale', { linear: 'Linear', log: 'Logarithmic' }, scale, (chosen) => { draw(chosen); onScale(chosen); }),
    h('div', { class: 'plot' }, h('span', { class: 'most' }, formatCount(max)), picture),
    h('div', { class: 'axis', 'aria-hidden': 'true' }, h('span', {}, numberText(edge(0))), h('span', {}, numberText(edge(counts.length)))),
    folded('Show as a table', () => table(`Histogram: how many ${noun} lie in each bin`, [
      { title: 'From', text: ({ bin }) => numberText(edge(bin)), isNumber: true },
      { title: 'To, without', text: ({ bin }) => numberText(edge(bin + 1)), isNumber: true },
      { title: 'Count', text: ({ count }) => formatCount(count), isNumber: true },
    ], filled)));
}

function bars({ counts }: HistogramData, edge: (bin: number) => number, max: number, scale: Scale): SVGElement[] {
  const step = width / counts.length;
  return counts.flatMap((count, bin) => {
    if (count === 0) return [];
    const tall = Math.max(1, barHeight(count, max, scale) * height);
    const text = `${numberText(edge(bin))} to ${numberText(edge(bin + 1))}: ${formatCount(count)}`;
    return [
      svg('rect', { class: 'bar', x: bin * step, y: height - tall, width: Math.max(1, step * 0.9), height: tall }, svg('title', {}, text)),
    ];
  });
}

function zeroLine(from: number, to: number): SVGElement[] {
  if (from >= 0 || to <= 0) return [];
  const x = -from / (to - from) * width;
  return [svg('line', { class: 'zero', x1: x, x2: x, y1: 0, y2: height }, svg('title', {}, '0'))];
}
