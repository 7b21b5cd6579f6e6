import { type Message, messageType, type RawFile, type RawReader, readMessages, unknownLayout } from './objectHeader';

/**
 * Groups as h5py makes them by default. Such a group is a B-tree whose leaves are symbol nodes: arrays of entries sorted by
 * name, which hold the addresses of the objects. Its names lie in a heap.
 */
export function hasSymbolTable(file: RawReader, group: number): boolean {
  return symbolTable(file, group) !== undefined;
}

/** The addresses of the objects in a group, by name; undefined when it is another kind of group. */
export function memberAddresses(file: RawReader, group: number): Map<string, number> | undefined {
  const table = symbolTable(file, group);
  return table && new Map(Array.from(entries(file, table), ({ name, header }) => [name, header]));
}

/**
 * Makes names in a group stand for other objects, which h5wasm cannot: it neither deletes nor renames. The old objects stay in
 * the file as lost space. `headers` has the addresses of the new ones, by name; returns the names that the group does not hold.
 */
export function relink(file: RawFile, group: number, headers: ReadonlyMap<string, number>): string[] {
  const table = symbolTable(file, group);
  const missing = new Set(headers.keys());
  for (const entry of table === undefined ? [] : entries(file, table)) {
    const header = headers.get(entry.name);
    if (header === undefined) continue;
    // The address, then what is cached of the object: nothing.
    const target = Buffer.alloc(entryBytes - 8);
    target.writeBigUInt64LE(BigInt(header));
    file.write(entry.address + 8, target);
    missing.delete(entry.name);
  }
  return [...missing];
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

interface Entry {
  readonly name: string;
  /** of the object's header */
  readonly header: number;
  /** of the entry itself */
  readonly address: number;
}

function symbolTable(file: RawReader, group: number): Message | undefined {
  return readMessages(file, group).find(({ type }) => type === messageType.symbolTable);
}

function* entries(file: RawReader, table: Message): Iterable<Entry> {
  const names = heapNames(file, Number(table.body.readBigUInt64LE(8)));
  for (const node of symbolNodes(file, Number(table.body.readBigUInt64LE(0)))) {
    const count = file.read(node, nodeHead).readUInt16LE(6);
    const bytes = file.read(node + nodeHead, count * entryBytes);
    for (let at = 0; at < bytes.byteLength; at += entryBytes) {
      yield { name: names(Number(bytes.readBigUInt64LE(at))), header: Number(bytes.readBigUInt64LE(at + 8)), address: node + nodeHead + at };
    }
  }
}

function heapNames(file: RawReader, heap: number): (place: number) => string {
  const head = file.read(heap, 32);
  const data = file.read(Number(head.readBigUInt64LE(24)), Number(head.readBigUInt64LE(8)));
  return (place) => data.toString('utf8', place, data.indexOf(0, place));
}

function* symbolNodes(file: RawReader, node: number, above = Infinity): Iterable<number> {
  const head = file.read(node, 24);
  if (head.toString('latin1', 0, 4) === 'SNOD') yield node;
  if (head.toString('latin1', 0, 4) !== 'TREE') return;
  const level = head.readUInt8(5);
  if (level >= above) throw unknownLayout('a B-tree that does not end');
  const children = head.readUInt16LE(6);
  // key, child, key, child, ..., key: 8 bytes each
  const body = file.read(node + 24, children * 16);
  for (let i = 0; i < children; i += 1) yield* symbolNodes(file, Number(body.readBigUInt64LE(i * 16 + 8)), level);
}
