/**
 * Whether a weight that goes by these names takes part: one of them has to match `include`, where there is one, and none may match
 * `exclude`. What is to be held back thus stays back whatever else it is called. A weight without any name counts as called "".
 * In patterns "*" stands for any characters, "/" and "." too, and "?" for one; upper and lower case differ.
 */
export function nameFilter(include: readonly string[] | undefined, exclude: readonly string[] = []): (names: readonly string[]) => boolean {
  const [wanted, unwanted] = [include?.map(globExpression), exclude.map(globExpression)];
  const matches = (name: string, expressions: readonly RegExp[]): boolean => expressions.some((expression) => expression.test(name));
  return (given) => {
    const names = given.length > 0 ? given : [''];
    return (wanted === undefined || names.some((name) => matches(name, wanted))) && !names.some((name) => matches(name, unwanted));
  };
}

function globExpression(pattern: string): RegExp {
  const source = pattern.replace(/[\\^$.+()[\]{}|]/g, '\\$&').replace(/\*+/g, '.*').replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su');
}
