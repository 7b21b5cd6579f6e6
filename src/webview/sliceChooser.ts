import type { SliceChoice } from '../core/analysis/slice';
import { h } from './dom';

/** Which two axes of a tensor are shown, where the others are cut, and how elements share a cell. */
export class SliceChooser {
  readonly element = h('div', { class: 'chooser', role: 'group', 'aria-label': 'Slice' });
  readonly #shape: readonly number[];
  readonly #onChoose: (choice: SliceChoice) => void;
  #chosen: SliceChoice;

  constructor(shape: readonly number[], chosen: SliceChoice, onChoose: (choice: SliceChoice) => void) {
    this.#shape = shape;
    this.#chosen = chosen;
    this.#onChoose = onChoose;
    this.#fill();
  }

  /** What was chosen is remembered at once: the next choice may come before the slice does. The control that was used keeps the focus. */
  #choose(change: Partial<SliceChoice>): void {
    this.#chosen = { ...this.#chosen, ...change };
    const used = document.activeElement?.getAttribute('name');
    this.#fill();
    this.element.querySelector<HTMLElement>(`[name="${used ?? ''}"]`)?.focus();
    this.#onChoose(this.#chosen);
  }

  #fill(): void {
    const shape = this.#shape;
    const { rows, columns, indices, reduction } = this.#chosen;
    const axes = shape.length < 2 ? [] : [
      axisSelect('Rows', shape, rows, (axis) => this.#choose({ rows: axis, columns: axis === columns ? rows : columns })),
      axisSelect('Columns', shape, columns, (axis) => this.#choose({ columns: axis, rows: axis === rows ? columns : rows })),
    ];
    const cuts = shape.flatMap((length, axis) => (axis === rows || axis === columns ? [] : [
      indexInput(
        axis, length, indices[axis] ?? 0, (index) => this.#choose({ indices: indices.map((old, i) => (i === axis ? index : old)) }),
      ),
    ]));
    const cells = select('Cells', { mean: 'mean', maxAbs: 'largest magnitude' }, reduction, (value) => (
      this.#choose({ reduction: value as SliceChoice['reduction'] })));
    this.element.replaceChildren(...axes, ...cuts, cells);
  }
}

function axisSelect(label: string, shape: readonly number[], chosen: number | undefined, onChoose: (axis: number) => void): HTMLElement {
  const options = Object.fromEntries(shape.map((length, axis) => [String(axis), `dim ${axis} (${length})`]));
  return select(label, options, String(chosen), (value) => onChoose(Number(value)));
}

function select(label: string, options: Readonly<Record<string, string>>, chosen: string, onChoose: (value: string) => void): HTMLElement {
  const input = h(
    'select', { name: label }, ...Object.entries(options).map(([value, text]) => h('option', { value, selected: value === chosen }, text)),
  );
  input.addEventListener('change', () => onChoose(input.value));
  return h('label', {}, label, input);
}

function indexInput(axis: number, length: number, index: number, onChoose: (index: number) => void): HTMLElement {
  const input = h('input', { type: 'number', name: `index-${axis}`, min: 0, max: Math.max(0, length - 1), step: 1, value: index });
  input.addEventListener('change', () => {
    const wanted = Math.max(0, Math.min(length - 1, Math.round(input.valueAsNumber)));
    input.value = String(Number.isNaN(wanted) ? index : wanted);
    if (!Number.isNaN(wanted) && wanted !== index) onChoose(wanted);
  });
  return h('label', {}, `dim ${axis} of ${length}, at`, input);
}
