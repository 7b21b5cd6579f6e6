import { matchesGlob } from '../base/matchesGlob';

/**
 * Whether a weight that goes by these names takes part: one of them has to match `include`, where there is one, and none may match
 * `exclude`. What is to be held back thus stays back whatever else it is called. A weight without any name counts as called "".
 * In patterns "*" stands for any characters, "/" and "." too, and "?" for one; upper and lower case differ.
 */
export function nameFilter(include: readonly string[] | undefined, exclude: readonly string[] = []): (names: readonly string[]) => boolean {
  const matches = (name: string, patterns: readonly string[]): boolean => patterns.some((pattern) => matchesGlob(pattern, name));
  return (given) => {
    const names = given.length > 0 ? given : [''];
    return (include === undefined || names.some((name) => matches(name, include))) && !names.some((name) => matches(name, exclude));
  };
}
