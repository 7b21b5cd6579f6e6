import type { SliceData } from '../core/analysis/slice';
import { numberText } from '../text/numberText';
import { folded, h, table } from './dom';
import { type Color, mix } from './scales';

/** Rows and columns of the table at most: a reader wants an overview, not 65,536 cells. */
const maxInTable = 16;

/** The cells as colors, blue below 0 and red above; a cell is read with the pointer or the arrow keys, many of them in a table. */
export class HeatMap {
  readonly element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #cursor = h('div', { class: 'cursor', hidden: true });
  readonly #readout = h('output', { class: 'readout', 'aria-live': 'polite' });
  readonly #slice: SliceData;
  readonly #limit: number;
  #row = 0;
  #column = 0;

  constructor(slice: SliceData) {
    this.#slice = slice;
    const { cellRows, cellColumns, rows, columns, cells } = slice;
    const isSigned = slice.choice.reduction === 'mean';
    this.#limit = cells.reduce((max, cell) => (Math.abs(cell) > max ? Math.abs(cell) : max), 0);
    const label = `Heat map of ${rows} rows and ${columns} columns in ${cellRows} by ${cellColumns} cells. Arrow keys read single cells.`;
    this.#canvas = h('canvas', {
      width: cellColumns, height: cellRows, tabindex: 0, role: 'application', 'aria-roledescription': 'heat map', 'aria-label': label,
      class: cellRows === 1 ? 'strip' : undefined,
    });
    this.#canvas.addEventListener('keydown', (event) => this.#onKey(event));
    this.#canvas.addEventListener('focus', () => this.#read(this.#row, this.#column));
    this.#canvas.addEventListener('blur', () => { this.#cursor.hidden = true; });
    this.#canvas.addEventListener('mousemove', (event) => this.#read(
      Math.floor(event.offsetY / this.#canvas.clientHeight * cellRows),
      Math.floor(event.offsetX / this.#canvas.clientWidth * cellColumns)));
    this.element = h('figure', {},
      h('div', { class: 'map' }, this.#canvas, this.#cursor),
      h('div', { class: 'axis', 'aria-hidden': 'true' }, h(
        'span', {}, numberText(isSigned ? -this.#limit : 0),
      ), h('span', { class: isSigned ? 'legend' : 'legend positive' }), h('span', {}, numberText(this.#limit))),
      this.#readout,
      folded('Show as a table', () => this.#table()));
    this.draw();
  }

  /** Again when the theme has changed. */
  draw(): void {
    const { cellRows, cellColumns, cells } = this.#slice;
    const context = this.#canvas.getContext('2d');
    if (!context || cells.length === 0) return;
    const [low, middle, high] = [
      themeColor('--vscode-charts-blue'), themeColor('--vscode-editor-background'), themeColor('--vscode-charts-red'),
    ];
    const image = context.createImageData(cellColumns, cellRows);
    cells.forEach((cell, at) => {
      if (Number.isNaN(cell)) return; // transparent: the pattern behind shows
      image.data.set([...mix(this.#limit === 0 ? 0 : cell / this.#limit, low, middle, high), 255], 4 * at);
    });
    context.putImageData(image, 0, 0);
  }

  #onKey(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    this.#read(this.#row + step[0], this.#column + step[1]);
  }

  #read(row: number, column: number): void {
    const { cellRows, cellColumns, cells } = this.#slice;
    if (cells.length === 0) return;
    this.#row = Math.max(0, Math.min(cellRows - 1, row));
    this.#column = Math.max(0, Math.min(cellColumns - 1, column));
    this.#readout.textContent = `${this.#place(this.#row, this.#column)}: ${cellText(cells[this.#row * cellColumns + this.#column])}`;
    const percent = (value: number): string => `${100 * value}%`;
    Object.assign(this.#cursor.style, {
      left: percent(this.#column / cellColumns), top: percent(this.#row / cellRows),
      width: percent(1 / cellColumns), height: percent(1 / cellRows),
    });
    this.#cursor.hidden = false;
  }

  #place(row: number, column: number): string {
    const { rows, columns, cellRows, cellColumns } = this.#slice;
    const across = `column${span(column, cellColumns, columns)}`;
    return rows === 1 ? across : `row${span(row, cellRows, rows)}, ${across}`;
  }

  #table(): HTMLElement {
    const { cellRows, cellColumns, cells, rows, columns } = this.#slice;
    const pick = (length: number): number[] => (
      Array.from({ length: Math.min(length, maxInTable) }, (_, i) => Math.floor(i * length / Math.min(length, maxInTable))));
    const shown = pick(cellColumns);
    const caption = cellRows > maxInTable || cellColumns > maxInTable ? 'Some of the cells, evenly spread' : 'All cells';
    return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, table(caption, [
      { title: 'Row', text: (row: number) => span(row, cellRows, rows).replace(/^s? /, '') },
      ...shown.map((column) => ({
        title: `Column${span(column, cellColumns, columns)}`, isNumber: true,
        text: (row: number) => cellText(cells[row * cellColumns + column]),
      })),
    ], pick(cellRows)));
  }
}

/** The indexes that a cell stands for: " 5", "s 16 to 31". */
function span(cell: number, cells: number, length: number): string {
  const first = Math.ceil(cell * length / cells);
  const last = Math.ceil((cell + 1) * length / cells) - 1;
  return first >= last ? ` ${first}` : `s ${first} to ${last}`;
}

function cellText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? 'nothing finite' : numberText(value);
}

/** A color of the theme as red, green and blue; the browser knows every way to write one. */
function themeColor(variable: string): Color {
  const context = h('canvas', { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const text = getComputedStyle(document.body).getPropertyValue(variable);
  if (!context || text === '') return [128, 128, 128];
  context.fillStyle = text;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
