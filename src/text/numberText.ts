// Numbers of weights as people read them. Knows nothing of pages.

/** Four digits that matter: "0.02134", "-1.5", "1.2e-5", "12,345", "∞". */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-∞' : '∞';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return (value === 0 ? 0 : value).toLocaleString('en-US');
  if (size >= 1e-4 && size < 1e6) return String(Number(value.toPrecision(4)));
  return value.toExponential(3).replace(/\.?0*e\+?/, 'e');
}

/** Part of a whole: "12.3 %", "< 0.1 %", "0 %". */
export function shareText(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = 100 * part / whole;
  if (percent < 0.1) return '< 0.1 %';
  return percent > 99.9 && part < whole ? '> 99.9 %' : `${Number(percent.toFixed(1))} %`;
}

/** The height of a bar, from 0 to 1. On a logarithmic scale a single element can still be seen. */
export function barHeight(count: number, most: number, scale: 'linear' | 'log'): number {
  if (most === 0) return 0;
  return scale === 'linear' ? count / most : Math.log1p(count) / Math.log1p(most);
}

/** A color between others: from -1 (`low`) over 0 (`middle`) to 1 (`high`). */
export function mix(position: number, low: Color, middle: Color, high: Color): Color {
  const end = position < 0 ? low : high;
  const share = Math.min(1, Math.abs(position));
  return [0, 1, 2].map((i) => Math.round((middle[i] ?? 0) + ((end[i] ?? 0) - (middle[i] ?? 0)) * share)) as unknown as Color;
}

export type Color = readonly [red: number, green: number, blue: number];
