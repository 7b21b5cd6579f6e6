import { messageType, type RawReader, readMessages, unknownLayout } from './objectHeader';

/** A run of stored bytes of a dataset. */
export interface Extent {
  /** from the start of the HDF5 data */
  readonly address: number;
  readonly bytes: number;
  /** of a chunk: where its first element lies in the dataset, and which filters were skipped */
  readonly offset?: readonly number[];
  readonly filterMask?: number;
}

/** Where the bytes of a dataset lie. Knows what h5py and h5wasm write by default, and throws for everything else. */
export function extentsOf(file: RawReader, header: number): Extent[] {
  const layout = readMessages(file, header).find(({ type }) => type === messageType.layout);
  if (layout === undefined) throw unknownLayout('no data layout');
  const { body } = layout;
  const [version, kind] = body;
  if (version !== 3) throw unknownLayout('data layout');
  if (kind === 0) return [{ address: layout.address + 4, bytes: body.readUInt16LE(2) }];
  const address = body.readBigUInt64LE(kind === 1 ? 2 : 3);
  if (address === undefinedAddress) return [];
  if (kind === 1) return [{ address: Number(address), bytes: Number(body.readBigUInt64LE(10)) }];
  if (kind === 2) return [...chunks(file, Number(address), body.readUInt8(2), Infinity)];
  throw unknownLayout('data layout');
}

const undefinedAddress = 0xffff_ffff_ffff_ffffn;

/** A B-tree whose keys are the bytes of a chunk, its skipped filters and its place, one number a dimension and one more. */
function* chunks(file: RawReader, node: number, rank: number, above: number): Iterable<Extent> {
  const head = file.read(node, 24);
  const level = head.readUInt8(5);
  if (head.toString('latin1', 0, 4) !== 'TREE' || head[4] !== 1 || level >= above) throw unknownLayout('index of chunks');
  const entry = 8 + 8 * rank + 8;
  const count = head.readUInt16LE(6);
  const body = file.read(node + 24, count * entry);
  for (let at = 0; at < body.byteLength; at += entry) {
    const child = Number(body.readBigUInt64LE(at + entry - 8));
    if (level > 0) yield* chunks(file, child, rank, level);
    else {
      const offset = Array.from({ length: rank - 1 }, (_, i) => Number(body.readBigUInt64LE(at + 8 + 8 * i)));
      yield { address: child, bytes: body.readUInt32LE(at), filterMask: body.readUInt32LE(at + 4), offset };
    }
  }
}
