import type { WeightMetadata } from './weight';

/** What a weight is called where nothing says its name; the Python tool takes the same word. */
export const unnamed = 'unnamed';

/** The name that a store knows; undefined when it knows none, and says "unnamed", nothing or the hash instead. */
export function storedName({ name, hash }: WeightMetadata): string | undefined {
  return name === '' || name === unnamed || name === hash ? undefined : name;
}

/** Where a store knows no name, the one that commits give. */
export function named(metadata: WeightMetadata, given: string | undefined): WeightMetadata {
  return given === undefined || storedName(metadata) !== undefined ? metadata : { ...metadata, name: given };
}
