import { matchesGlob } from '../base/matchesGlob';

/**
 * Whether a weight with these names takes part: one of them must match `include`, where given, and none may match `exclude`, so
 * that what is excluded under one name stays behind under all. A weight without a name counts as "". In patterns "*" stands for
 * any characters, "/" and "." too, and "?" for one; matching is case-sensitive.
 */
export function nameFilter(include: readonly string[] | undefined, exclude: readonly string[] = []): (names: readonly string[]) => boolean {
  const matches = (name: string, patterns: readonly string[]): boolean => patterns.some((pattern) => matchesGlob(pattern, name));
  return (given) => {
    const names = given.length > 0 ? given : [''];
    return (include === undefined || names.some((name) => matches(name, include))) && !names.some((name) => matches(name, exclude));
  };
}
