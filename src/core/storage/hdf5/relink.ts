import { type Message, messageType, type RawFile, readMessages } from './objectHeader';

/**
 * Makes a name in a group stand for another object, which h5wasm cannot: it neither deletes nor renames. The old object stays
 * in the file as lost space. For groups as h5py makes them by default, with a symbol table.
 *
 * Such a group is a B-tree whose leaves are symbol nodes: arrays of entries sorted by name, which hold the object's address.
 * Returns false when there is no such entry.
 */
export function relink(file: RawFile, group: number, name: string, header: number): boolean {
  const table = symbolTable(file, group);
  if (table === undefined) return false;
  const names = heapNames(file, Number(table.body.readBigUInt64LE(8)));
  for (const node of symbolNodes(file, Number(table.body.readBigUInt64LE(0)))) {
    const count = file.read(node, nodeHead).readUInt16LE(6);
    const entries = file.read(node + nodeHead, count * entryBytes);
    for (let at = 0; at < entries.byteLength; at += entryBytes) {
      if (names(Number(entries.readBigUInt64LE(at))) !== name) continue;
      // The address, then what is cached of the object: nothing.
      const target = Buffer.alloc(entryBytes - 8);
      target.writeBigUInt64LE(BigInt(header));
      file.write(node + nodeHead + at + 8, target);
      return true;
    }
  }
  return false;
}

export function hasSymbolTable(file: RawFile, group: number): boolean {
  return symbolTable(file, group) !== undefined;
}

/** Forgets all names in a group with a symbol table: its B-tree becomes a leaf without children. */
export function forgetNames(file: RawFile, group: number): void {
  const tree = symbolTable(file, group)?.body.readBigUInt64LE(0);
  // level 0, no entries, no neighbors
  if (tree !== undefined) file.write(Number(tree) + 5, Buffer.from([0, 0, 0, ...new Uint8Array(16).fill(0xff)]));
}

const nodeHead = 8;
/** the name's place in the heap, the object's address, the kind of what is cached, 4 reserved bytes, the cache */
const entryBytes = 40;

function symbolTable(file: RawFile, group: number): Message | undefined {
  return readMessages(file, group).find(({ type }) => type === messageType.symbolTable);
}

function heapNames(file: RawFile, heap: number): (place: number) => string {
  const head = file.read(heap, 32);
  const data = file.read(Number(head.readBigUInt64LE(24)), Number(head.readBigUInt64LE(8)));
  return (place) => data.toString('utf8', place, data.indexOf(0, place));
}

function* symbolNodes(file: RawFile, node: number): Iterable<number> {
  const head = file.read(node, 24);
  if (head.toString('latin1', 0, 4) === 'SNOD') yield node;
  if (head.toString('latin1', 0, 4) !== 'TREE') return;
  const children = head.readUInt16LE(6);
  // key, child, key, child, ..., key: 8 bytes each
  const body = file.read(node + 24, children * 16);
  for (let i = 0; i < children; i += 1) yield* symbolNodes(file, Number(body.readBigUInt64LE(i * 16 + 8)));
}
