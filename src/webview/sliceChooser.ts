import type { SliceChoice } from '../core/analysis/slice';
import { h } from './dom';

/** Which two axes of a tensor are shown, where the others are cut, and how elements share a cell. */
export function sliceChooser(shape: readonly number[], chosen: SliceChoice, onChoose: (choice: SliceChoice) => void): HTMLElement {
  const { rows, columns, indices, reduction } = chosen;
  const element = h('div', { class: 'chooser', role: 'group', 'aria-label': 'Slice' });
  if (shape.length > 1) {
    element.append(axisSelect('Rows', shape, rows, (axis) => onChoose({ ...chosen, rows: axis, columns: axis === columns ? rows : columns })));
    element.append(axisSelect('Columns', shape, columns, (axis) => onChoose({ ...chosen, columns: axis, rows: axis === rows ? columns : rows })));
  }
  shape.forEach((length, axis) => {
    if (axis === rows || axis === columns) return;
    element.append(indexInput(axis, length, indices[axis] ?? 0, (index) => onChoose({ ...chosen, indices: indices.map((old, i) => (i === axis ? index : old)) })));
  });
  element.append(select('Cells', { mean: 'mean', maxAbs: 'largest magnitude' }, reduction, (value) => onChoose({ ...chosen, reduction: value as SliceChoice['reduction'] })));
  return element;
}

function axisSelect(label: string, shape: readonly number[], chosen: number | undefined, onChoose: (axis: number) => void): HTMLElement {
  const options = Object.fromEntries(shape.map((length, axis) => [String(axis), `dim ${axis} (${length})`]));
  return select(label, options, String(chosen), (value) => onChoose(Number(value)));
}

function select(label: string, options: Readonly<Record<string, string>>, chosen: string, onChoose: (value: string) => void): HTMLElement {
  const input = h('select', {}, ...Object.entries(options).map(([value, text]) => h('option', { value, selected: value === chosen }, text)));
  input.addEventListener('change', () => onChoose(input.value));
  return h('label', {}, label, input);
}

function indexInput(axis: number, length: number, index: number, onChoose: (index: number) => void): HTMLElement {
  const input = h('input', { type: 'number', min: 0, max: Math.max(0, length - 1), step: 1, value: index });
  input.addEventListener('change', () => {
    const wanted = Math.max(0, Math.min(length - 1, Math.round(input.valueAsNumber)));
    input.value = String(Number.isNaN(wanted) ? index : wanted);
    if (!Number.isNaN(wanted) && wanted !== index) onChoose(wanted);
  });
  return h('label', {}, `dim ${axis} of ${length}, at`, input);
}
