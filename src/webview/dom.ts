import { safeText } from '../text/safeText';

type Child = Node | string | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element. Text goes in as text; `true` is an attribute without a value, `false` and `undefined` are none. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    const isText = name === 'title' || name === 'aria-label';
    element.setAttribute(name, value === true ? '' : isText ? safeText(String(value), 'page') : String(value));
  }
  element.append(
    ...children.flatMap((child) => (child === undefined ? [] : [typeof child === 'string' ? safeText(child, 'page') : child])),
  );
  return element;
}

export function button(label: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = h('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', onClick);
  return element;
}

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly isNumber?: boolean;
}

/** A table whose first column names its rows. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): HTMLTableElement {
  const head = h(
    'tr', {}, ...columns.map(({ title, isNumber }) => h('th', { scope: 'col', class: isNumber ? 'number' : undefined }, title)),
  );
  const body = rows.map((row) => h('tr', {}, ...columns.map(({ text, isNumber }, index) => {
    const attributes = { class: isNumber ? 'number' : undefined };
    return index === 0 ? h('th', { scope: 'row', ...attributes }, text(row)) : h('td', attributes, text(row));
  })));
  return h('table', {}, h('caption', {}, caption), h('thead', {}, head), h('tbody', {}, ...body));
}

/** Something that is folded away, and made only when it is unfolded. */
export function folded(summary: string, make: () => Node): HTMLDetailsElement {
  const element = h('details', {}, h('summary', {}, summary));
  element.addEventListener('toggle', () => {
    if (element.open && element.childElementCount === 1) element.append(make());
  });
  return element;
}

/** A list of names and what they stand for; what stands for nothing is left out. */
export function facts(entries: readonly (readonly [name: string, value: Child])[]): HTMLDListElement {
  const known = entries.filter(([, value]) => value !== undefined);
  return h('dl', { class: 'facts' }, ...known.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

export function notes(texts: readonly string[]): HTMLElement[] {
  return texts.map((text) => h('p', { class: 'note' }, text));
}

/** A choice of one among several, as buttons. */
export function choice<Value extends string>(
  label: string, options: Readonly<Record<Value, string>>, chosen: Value, onChoose: (value: Value) => void,
): HTMLElement {
  const group = h('div', { role: 'radiogroup', 'aria-label': label, class: 'choice' });
  for (const [value, title] of Object.entries<string>(options)) {
    const input = h('input', { type: 'radio', name: label, value, checked: value === chosen });
    input.addEventListener('change', () => onChoose(value as Value));
    group.append(h('label', {}, input, title));
  }
  return group;
}
