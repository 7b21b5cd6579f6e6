// Settings are files that people write: what they hold may be out of bounds or of another type. Nothing here fails for it.

export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** As package.json states them, which a test holds to be the same. */
export const bounds = {
  /** requests */
  concurrency: { least: 1, most: 256, usual: 64 },
  /** seconds */
  autofetchPeriod: { least: 30, most: 86_400, usual: 180 },
  /** megabytes a second; 0: no limit */
  bandwidthLimit: { least: 0, most: 10_000, usual: 0 },
} as const satisfies Record<string, Bounds>;

export const choices = {
  autofetch: ['off', 'default', 'all'],
  compression: ['auto', 'gzip', 'none'],
  remotesFileShape: ['nested', 'flat'],
  logLevel: ['info', 'trace'],
} as const;

/** The nearest number within bounds; the usual one for what is no number. */
export function numberOf(value: unknown, { least, most, usual }: Bounds): number {
  return typeof value === 'number' && !Number.isNaN(value) ? Math.min(most, Math.max(least, value)) : usual;
}

export function choiceOf<T extends string>(value: unknown, known: readonly T[], usual: T): T {
  return known.find((choice) => choice === value) ?? usual;
}

export function flagOf(value: unknown, usual: boolean): boolean {
  return typeof value === 'boolean' ? value : usual;
}

/** undefined for what is no text, and for "" */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function textsOf(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/** undefined when no usable pattern is left: no list says the same as an empty one. */
export function patternsOf(value: unknown): string[] | undefined {
  const patterns = textsOf(value)?.filter((pattern) => pattern !== '') ?? [];
  return patterns.length > 0 ? patterns : undefined;
}
