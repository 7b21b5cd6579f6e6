/** The height of a bar, from 0 to 1. On a logarithmic scale a single element can still be seen. */
export function barHeight(count: number, max: number, scale: 'linear' | 'log'): number {
  if (max === 0) return 0;
  return scale === 'linear' ? count / max : Math.log1p(count) / Math.log1p(max);
}

/** A color between others: from -1 (`low`) over 0 (`middle`) to 1 (`high`). */
export function mix(position: number, low: Color, middle: Color, high: Color): Color {
  const end = position < 0 ? low : high;
  const share = Math.min(1, Math.abs(position));
  return [0, 1, 2].map((i) => Math.round((middle[i] ?? 0) + ((end[i] ?? 0) - (middle[i] ?? 0)) * share)) as unknown as Color;
}

export type Color = readonly [red: number, green: number, blue: number];
