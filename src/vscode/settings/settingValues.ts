// Settings are files that people write: what they hold may be out of bounds or of another type. Nothing here fails for it.

export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly defaultValue: number;
}

/** As package.json states them, which a test holds to be the same. */
export const bounds = {
  /** requests */
  concurrency: { min: 1, max: 256, defaultValue: 64 },
  /** seconds */
  autofetchPeriod: { min: 30, max: 86_400, defaultValue: 180 },
  /** megabytes a second; 0: no limit */
  bandwidthLimit: { min: 0, max: 10_000, defaultValue: 0 },
} as const satisfies Record<string, Bounds>;

export const choices = {
  autofetch: ['off', 'default', 'all'],
  compression: ['auto', 'gzip', 'none'],
  remotesFileShape: ['nested', 'flat'],
  logLevel: ['info', 'trace'],
} as const;

/** The nearest number within bounds; the default for what is no number. */
export function numberOf(value: unknown, { min, max, defaultValue }: Bounds): number {
  return typeof value === 'number' && !Number.isNaN(value) ? Math.min(max, Math.max(min, value)) : defaultValue;
}

export function choiceOf<T extends string>(value: unknown, known: readonly T[], defaultValue: T): T {
  return known.find((choice) => choice === value) ?? defaultValue;
}

export function flagOf(value: unknown, defaultValue: boolean): boolean {
  return typeof value === 'boolean' ? value : defaultValue;
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
