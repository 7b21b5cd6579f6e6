import { CoralError } from '../base/errors';
import { dtypeOf } from '../weights/dtype';
import type { Weight } from '../weights/weight';
import { batches, elementsOf, type ReadOptions } from './elements';
import { Decoder } from './decoder';

/** How the elements that share a cell become one number; NaN and infinities are left out. */
type Reduction = 'mean' | 'maxAbs';

/** A plane of a tensor. */
export interface SliceChoice {
  /** axes that run down and across; a tensor with one axis has no rows, one without axes neither */
  readonly rows?: number | undefined;
  readonly columns?: number | undefined;
  /** where the plane lies on each axis; what it says of `rows` and `columns` does not count */
  readonly indices: readonly number[];
  readonly reduction: Reduction;
}

export interface SliceData {
  readonly choice: SliceChoice;
  /** elements of the plane */
  readonly rows: number;
  readonly columns: number;
  /** cells, at most `maxCells` each way, row by row; NaN where no element is finite */
  readonly cellRows: number;
  readonly cellColumns: number;
  readonly cells: Float64Array;
  /** elements that are NaN or infinite */
  readonly notFinite: number;
}

const maxCells = 256;

/** The last two axes, at index 0 of all others. */
export function defaultSlice(shape: readonly number[]): SliceChoice {
  const { length } = shape;
  return {
    ...(length > 1 ? { rows: length - 2 } : {}), ...(length > 0 ? { columns: length - 1 } : {}),
    indices: shape.map(() => 0), reduction: 'mean',
  };
}

/**
 * The plane, scaled down to cells. Reads from the block of its first element to that of its last, so that bytes are not compared
 * with the weight's hash. Reason "invalid" for a plane that the tensor does not have.
 */
export async function sliceOf(weight: Weight, choice: SliceChoice, options: ReadOptions = {}): Promise<SliceData> {
  const { shape, dtype } = weight.metadata;
  check(shape, choice);
  const plane = new Plane(shape, choice);
  const decoder = new Decoder(dtype);
  const { size } = dtypeOf(dtype);
  reading: for await (const elements of elementsOf(weight, options)) {
    for (const { start, bytes } of batches(elements, size)) {
      if (plane.isDone) break reading;
      const end = start + bytes.byteLength / size;
      if (plane.next < end) plane.take(decoder.values(bytes), start);
    }
  }
  return plane.data();
}

function check(shape: readonly number[], { rows, columns, indices }: SliceChoice): void {
  const isAxis = (axis: number | undefined): boolean => axis === undefined || (Number.isInteger(axis) && axis >= 0 && axis < shape.length);
  const isWithin = indices.length === shape.length && indices.every((index, axis) => axis === rows || axis === columns || (Number.isInteger(index) && index >= 0 && (index < (shape[axis] ?? 0) || shape.includes(0))));
  if (isAxis(rows) && isAxis(columns) && isWithin && (rows === undefined || rows !== columns)) return;
  throw new CoralError(
    'invalid', `A tensor of shape [${shape.join(', ')}] has no plane of the axes ${String(rows)} and ${String(columns)} at `
    + `[${indices.join(', ')}].`);
}

interface Axis {
  readonly length: number;
  /** elements from one index to the next */
  readonly stride: number;
  readonly cells: number;
}

/** For each index of an axis what it adds to the number of the cell. Cells differ in size by one element at most. */
function cellOffsets({ length, cells }: Axis, step: number): Float64Array {
  return Float64Array.from({ length }, (_, index) => Math.floor(index * cells / length) * step);
}

/** Gathers the elements of a plane in the order in which they lie in memory. */
class Plane {
  readonly #choice: SliceChoice;
  readonly #rows: Axis;
  readonly #columns: Axis;
  /** the axes in memory order */
  readonly #outer: Axis;
  readonly #inner: Axis;
  readonly #base: number;
  readonly #outerCells: Float64Array;
  readonly #innerCells: Float64Array;
  readonly #cells: Float64Array;
  readonly #counts: Float64Array;
  #outerIndex = 0;
  #innerIndex = 0;
  #notFinite = 0;

  constructor(shape: readonly number[], choice: SliceChoice) {
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
    const axisAt = (axis: number | undefined): Axis => {
      const length = axis === undefined ? 1 : shape[axis] ?? 1;
      return { length, stride: axis === undefined ? 0 : strides[axis] ?? 1, cells: Math.min(length, maxCells) };
    };
    this.#choice = choice;
    this.#rows = axisAt(choice.rows);
    this.#columns = axisAt(choice.columns);
    [this.#outer, this.#inner] = this.#rows.stride >= this.#columns.stride || choice.rows === undefined ? [this.#rows, this.#columns] : [this.#columns, this.#rows];
    this.#base = choice.indices.reduce((sum, index, axis) => (axis === choice.rows || axis === choice.columns ? sum : sum + index * (strides[axis] ?? 0)), 0);
    const stepOf = (axis: Axis): number => (axis === this.#rows ? this.#columns.cells : 1);
    this.#outerCells = cellOffsets(this.#outer, stepOf(this.#outer));
    this.#innerCells = cellOffsets(this.#inner, stepOf(this.#inner));
    this.#cells = new Float64Array(this.#rows.cells * this.#columns.cells);
    this.#counts = new Float64Array(this.#cells.length);
    if (this.#inner.length === 0 || shape.includes(0)) this.#outerIndex = this.#outer.length;
  }

  get isDone(): boolean { return this.#outerIndex >= this.#outer.length; }

  /** index in the tensor of the next element that is needed */
  get next(): number { return this.#base + this.#outerIndex * this.#outer.stride + this.#innerIndex * this.#inner.stride; }

  /** Takes what it needs of these elements, the first of which has the index `start`. */
  take(values: Float64Array, start: number): void {
    const { length, stride } = this.#inner;
    while (!this.isDone) {
      const cell = this.#outerCells[this.#outerIndex] ?? 0;
      let at = this.next - start;
      let inner = this.#innerIndex;
      for (; inner < length && at < values.length; inner += 1, at += stride) this.#put(values[at] ?? NaN, cell + (this.#innerCells[inner] ?? 0));
      this.#innerIndex = inner;
      if (inner < length) return;
      this.#innerIndex = 0;
      this.#outerIndex += 1;
    }
  }

  data(): SliceData {
    const [rows, columns] = [this.#rows, this.#columns];
    const cells = this.#cells.map((value, i) => (this.#counts[i] === 0 ? NaN : this.#choice.reduction === 'mean' ? value / (this.#counts[i] ?? 1) : value));
    return {
      choice: this.#choice, rows: rows.length, columns: columns.length, cellRows: rows.cells, cellColumns: columns.cells, cells, notFinite: this.#notFinite,
    };
  }

  #put(value: number, cell: number): void {
    if (value - value !== 0) {
      this.#notFinite += 1;
      return;
    }
    const before = this.#cells[cell] ?? 0;
    this.#cells[cell] = this.#choice.reduction === 'mean' ? before + value : Math.max(before, Math.abs(value));
    this.#counts[cell] = (this.#counts[cell] ?? 0) + 1;
  }
}
