import { type HeaderMessage, messageType, type RawFile, type RawReader, readMessages, unknownLayout } from './objectHeader';

/**
 * Groups as h5py makes them by default. Such a group is a B-tree whose leaves are symbol nodes: arrays of entries sorted by
 * name, which hold the addresses of the objects. Its names lie in a heap.
 */
export function hasSymbolTable(file: RawReader, group: number): boolean {
  return symbolTable(file, group) !== undefined;
}

/** Where the objects of a group lie, while the file does not change. */
export class MemberAddresses {
  readonly #root: number;
  readonly #names: HeapNames;
  readonly #trees = new Map<number, Tree>();
  #all: ReadonlyMap<string, number> | undefined;

  private constructor(root: number, names: HeapNames) {
    this.#root = root;
    this.#names = names;
  }

  /** undefined when it is another kind of group */
  static of(file: RawReader, group: number): MemberAddresses | undefined {
    const table = symbolTable(file, group);
    return table && new MemberAddresses(treeOf(table), heapNames(file, table));
  }

  /** Of all of them, by name. */
  all(file: RawReader): ReadonlyMap<string, number> {
    this.#all ??= new Map(Array.from(entries(file, this.#root, this.#names), ({ name, header }) => [name, header]));
    return this.#all;
  }

  /** Of one, found by the order of the names, as HDF5 does: most of them are not looked at. */
  find(file: RawReader, name: string): number | undefined {
    if (this.#all) return this.#all.get(name);
    let node: number | undefined = this.#root;
    for (let tree = this.#tree(file, node); tree !== undefined; tree = this.#tree(file, node, tree.level)) {
      node = tree.children.find(({ lastName }) => name <= lastName)?.address;
      if (node === undefined) return undefined;
    }
    for (const entry of entriesIn(file, node, this.#names)) if (entry.name === name) return entry.header;
    return undefined;
  }

  #tree(file: RawReader, node: number, above = Infinity): Tree | undefined {
    const tree = this.#trees.get(node) ?? readTree(file, node, this.#names);
    if (tree) this.#trees.set(node, checkLevel(tree, above));
    return tree;
  }
}

/**
 * Makes names in a group stand for other objects, which h5wasm cannot: it neither deletes nor renames. The old objects stay in
 * the file as lost space. `headers` has the addresses of the new ones, by name; returns the names that the group does not hold.
 */
export function relink(file: RawFile, group: number, headers: ReadonlyMap<string, number>): string[] {
  const table = symbolTable(file, group);
  const missing = new Set(headers.keys());
  for (const entry of table === undefined ? [] : entries(file, treeOf(table), heapNames(file, table))) {
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
  const table = symbolTable(file, group);
  // level 0, no entries, no neighbors
  if (table !== undefined) file.write(treeOf(table) + 5, Buffer.from([0, 0, 0, ...new Uint8Array(16).fill(0xff)]));
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

function symbolTable(file: RawReader, group: number): HeaderMessage | undefined {
  return readMessages(file, group).find(({ type }) => type === messageType.symbolTable);
}

function treeOf(table: HeaderMessage): number {
  return Number(table.body.readBigUInt64LE(0));
}

type HeapNames = (place: number) => string;

function heapNames(file: RawReader, table: HeaderMessage): HeapNames {
  const head = file.read(Number(table.body.readBigUInt64LE(8)), 32);
  const data = file.read(Number(head.readBigUInt64LE(24)), Number(head.readBigUInt64LE(8)));
  return (place) => data.toString('utf8', place, data.indexOf(0, place));
}

/** Of the whole tree below a node. */
function* entries(file: RawReader, node: number, names: HeapNames, above = Infinity): Iterable<Entry> {
  const tree = readTree(file, node, names);
  if (tree) for (const { address } of checkLevel(tree, above).children) yield* entries(file, address, names, tree.level);
  else yield* entriesIn(file, node, names);
}

interface Tree {
  /** 0 above symbol nodes */
  readonly level: number;
  readonly children: readonly { readonly address: number; readonly lastName: string }[];
}

/** undefined when the node is a leaf. */
function readTree(file: RawReader, node: number, names: HeapNames): Tree | undefined {
  const head = file.read(node, 24);
  if (head.toString('latin1', 0, 4) !== 'TREE') return undefined;
  const count = head.readUInt16LE(6);
  // key, child, key, child, ..., key: 8 bytes each
  const body = file.read(node + 24, count * 16 + 8);
  const at = (index: number): number => Number(body.readBigUInt64LE(index * 8));
  return { level: head.readUInt8(5), children: Array.from({ length: count }, (_, i) => ({ address: at(2 * i + 1), lastName: names(at(2 * i + 2)) })) };
}

/** Levels go down, or a damaged tree would not end. */
function checkLevel(tree: Tree, above: number): Tree {
  if (tree.level >= above) throw unknownLayout('a B-tree that does not end');
  return tree;
}

function* entriesIn(file: RawReader, node: number, names: HeapNames): Iterable<Entry> {
  const head = file.read(node, nodeHead);
  if (head.toString('latin1', 0, 4) !== 'SNOD') return;
  const bytes = file.read(node + nodeHead, head.readUInt16LE(6) * entryBytes);
  for (let at = 0; at < bytes.byteLength; at += entryBytes) {
    yield { name: names(Number(bytes.readBigUInt64LE(at))), header: Number(bytes.readBigUInt64LE(at + 8)), address: node + nodeHead + at };
  }
}
