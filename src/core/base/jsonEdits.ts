import { pythonJson, pythonJsonLine } from './json';
import { jsonTree, type Node, propertiesOf, type Property, propertyOf } from './jsonTree';

interface TextEdit { readonly offset: number; readonly length: number; readonly text: string }

/** The way from the outermost object to another: ["remotes", "origin"]. */
export type JsonPath = readonly string[];

/**
 * The text with a value set under a key of the object at `path`: in its old place, or after the last key, in the layout of that
 * object. Everything else stays letter by letter: numbers that JavaScript would round, order, spaces, a byte order mark. Of a
 * repeated key the last one counts. Throws a JsonProblem for what is no JSON; the object must exist.
 */
export function withJsonValue(text: string, path: JsonPath, key: string, value: unknown): string {
  const object = objectAt(text, path);
  const property = propertyOf(object, key);
  const layout = layoutOf(text, object, path.length);
  if (property === undefined) return apply(text, insertion(object, layout, `${pythonJson(key)}: ${valueText(value, layout)}`));
  return apply(text, { offset: property.value.offset, length: property.value.length, text: valueText(value, layout) });
}

/** The text with a key renamed in place, each time it occurs. */
export function withJsonKey(text: string, path: JsonPath, key: string, name: string): string {
  const edits = named(text, path, key).map(({ key: { offset, length } }) => ({ offset, length, text: pythonJson(name) }));
  return edits.reduceRight(apply, text);
}

/** The text without a key and its value, each time it occurs. */
export function withoutJsonKey(text: string, path: JsonPath, key: string): string {
  for (let left = text; ;) {
    const [property] = named(left, path, key);
    if (property === undefined) return left;
    left = apply(left, removal(objectAt(left, path), property));
  }
}

function named(text: string, path: JsonPath, key: string): Property[] {
  return propertiesOf(objectAt(text, path)).filter(({ name }) => name === key);
}

function objectAt(text: string, path: JsonPath): Node {
  const found = path.reduce<Node | undefined>((object, key) => object && propertyOf(object, key)?.value, jsonTree(text));
  if (found?.type !== 'object') throw new Error(`There is no object at ${path.join('.')}.`);
  return found;
}

/** Undefined for an object that stands on one line. */
interface Layout { readonly lineBreak: string; readonly indent: string; readonly unit: string; readonly outer: string }

function layoutOf(text: string, object: Node, depth: number): Layout | undefined {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const [first] = propertiesOf(object);
  const outer = indentBefore(text, object) ?? '';
  // An empty object shows no layout: use Python's, unless the whole text is on one line.
  if (first === undefined) return text.includes('\n') || depth === 0 ? { lineBreak, indent: `${outer}  `, unit: '  ', outer } : undefined;
  const indent = indentBefore(text, first.node);
  if (indent === undefined) return undefined;
  return { lineBreak, indent, unit: indent.startsWith(outer) && indent !== outer ? indent.slice(outer.length) : '  ', outer };
}

/** The indentation of the line; of a property only when it is the first on its line. */
function indentBefore(text: string, { offset, type }: Node): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const [indent = ''] = /^[ \t]*/.exec(line) ?? [];
  return type === 'property' && indent !== line ? undefined : indent;
}

function valueText(value: unknown, layout: Layout | undefined): string {
  if (layout === undefined) return pythonJsonLine(value);
  const [first = '', ...lines] = pythonJson(value).split('\n');
  const deeper = lines.map((line) => line.replace(/^(?: {2})*/, (indent) => layout.indent + layout.unit.repeat(indent.length / 2)));
  return [first, ...deeper].join(layout.lineBreak);
}

function insertion(object: Node, layout: Layout | undefined, property: string): TextEdit {
  const last = propertiesOf(object).at(-1)?.node;
  const isFirst = last === undefined;
  const offset = isFirst ? object.offset + 1 : last.offset + last.length;
  const before = layout ? `${layout.lineBreak}${layout.indent}` : isFirst ? '' : ' ';
  const after = layout && isFirst ? `${layout.lineBreak}${layout.outer}` : '';
  return { offset, length: isFirst ? object.length - 2 : 0, text: `${isFirst ? '' : ','}${before}${property}${after}` };
}

/** With the comma before it, or for the first one the comma after it; removing the only one leaves {}. */
function removal(object: Node, { node }: Property): TextEdit {
  const nodes = propertiesOf(object).map((property) => property.node);
  const index = nodes.findIndex(({ offset }) => offset === node.offset);
  const [previous, next] = [nodes[index - 1], nodes[index + 1]];
  const end = node.offset + node.length;
  if (previous) return { offset: previous.offset + previous.length, length: end - previous.offset - previous.length, text: '' };
  if (next) return { offset: node.offset, length: next.offset - node.offset, text: '' };
  return { offset: object.offset + 1, length: object.length - 2, text: '' };
}

function apply(text: string, { offset, length, text: replacement }: TextEdit): string {
  return `${text.slice(0, offset)}${replacement}${text.slice(offset + length)}`;
}
