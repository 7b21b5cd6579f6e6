import { type Node, parseTree } from 'jsonc-parser';
import { readJson } from './jsonReader';
import { byteOrderMark } from './textEncoding';

export type { Node } from 'jsonc-parser';

export interface Property {
  readonly name: string;
  /** name and value together */
  readonly node: Node;
  readonly key: Node;
  readonly value: Node;
}

/** The syntax tree of a JSON text, with offsets. Accepts what `readJson` accepts, and throws its JsonProblem. */
export function jsonTree(text: string): Node {
  let plain = text.startsWith(byteOrderMark) ? ` ${text.slice(1)}` : text;
  readJson(text, (number, offset) => {
    // The parser knows no NaN and Infinity: a number of the same length keeps all offsets.
    if (/[NI]/.test(number)) plain = `${plain.slice(0, offset)}${'1'.repeat(number.length)}${plain.slice(offset + number.length)}`;
    return 0;
  });
  const root = parseTree(plain);
  if (root === undefined) throw new Error('JSON without a value');
  return root;
}

/** The properties of an object, in order. */
export function propertiesOf(object: Node): Property[] {
  return (object.children ?? []).flatMap((node) => {
    const [key, value] = node.children ?? [];
    return key && value ? [{ name: String(key.value), node, key, value }] : [];
  });
}

/** On which line, from 1, the keys of an object stand. Of a key that is there twice the last one counts. */
export function keyLines(text: string, object: Node): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let [line, seen] = [1, 0];
  for (const { name, key } of propertiesOf(object)) {
    line += text.slice(seen, key.offset).split('\n').length - 1;
    seen = key.offset;
    lines.set(name, line);
  }
  return lines;
}

/** Of a key that is there twice the last one counts. */
export function propertyOf(object: Node, name: string): Property | undefined {
  return propertiesOf(object).findLast((property) => property.name === name);
}
