/** A box of a tensor whose elements lie side by side in C order. */
export interface Slab {
  readonly offset: readonly number[];
  readonly count: readonly number[];
  /** position in the tensor's bytes, and how many */
  readonly position: number;
  readonly bytes: number;
}

const mebi = 1024 * 1024;

/** Foreign chunks can make a row of them so large; more is read in parts, though that decompresses chunks again. */
const maxChunkRow = 64 * mebi;

/**
 * The tensor cut into slabs of at most `limit` bytes, in C order. Where possible each is made of whole chunks, so that no chunk
 * is decompressed twice; rows of chunks of up to 64 MiB stay whole for that.
 */
export function* slabs(shape: readonly number[], itemBytes: number, chunks: readonly number[] | null, limit: number): Iterable<Slab> {
  if (shape.includes(0)) return;
  const axis = splitAxis(shape, itemBytes, limit);
  const rowBytes = bytesBelow(shape, itemBytes, axis);
  const step = alignedStep(Math.max(1, Math.floor(limit / rowBytes)), chunks?.[axis] ?? 1, rowBytes);
  const length = shape[axis] ?? 1;
  const outer = shape.slice(0, axis);
  let position = 0;
  for (const index of indexes(outer)) {
    for (let start = 0; start < length; start += step) {
      const rows = Math.min(step, length - start);
      yield {
        offset: shape.map((_, i) => (i < axis ? index[i] ?? 0 : i === axis ? start : 0)),
        count: shape.map((size, i) => (i < axis ? 1 : i === axis ? rows : size)),
        position,
        bytes: rows * rowBytes,
      };
      position += rows * rowBytes;
    }
  }
}

function alignedStep(rows: number, chunkRows: number, rowBytes: number): number {
  if (chunkRows <= rows) return rows - (rows % chunkRows);
  return chunkRows * rowBytes <= maxChunkRow ? chunkRows : rows;
}

/** The first axis below which everything fits into `limit`. */
function splitAxis(shape: readonly number[], itemBytes: number, limit: number): number {
  let axis = 0;
  while (axis < shape.length - 1 && bytesBelow(shape, itemBytes, axis) > limit) axis += 1;
  return axis;
}

function bytesBelow(shape: readonly number[], itemBytes: number, axis: number): number {
  return shape.slice(axis + 1).reduce((product, length) => product * length, itemBytes);
}

/** All indexes of an array of that shape, in C order. */
function* indexes(shape: readonly number[]): Iterable<readonly number[]> {
  const [length, ...inner] = shape;
  if (length === undefined) {
    yield [];
    return;
  }
  for (let i = 0; i < length; i += 1) for (const rest of indexes(inner)) yield [i, ...rest];
}

/** Chunks of whole rows, of about 1 MiB: HDF5 reads and writes chunks up to that size through its cache. */
export function chunkShape(shape: readonly number[], itemBytes: number): number[] {
  const axis = splitAxis(shape, itemBytes, mebi);
  const rows = Math.max(1, Math.floor(mebi / bytesBelow(shape, itemBytes, axis)));
  return shape.map((length, i) => (i < axis ? 1 : i === axis ? Math.min(Math.max(length, 1), rows) : Math.max(length, 1)));
}
