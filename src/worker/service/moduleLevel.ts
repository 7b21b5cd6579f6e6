import { naturally } from './naturally';

/** What a row stands for: a name, which says the module, and the weight that it stands for; the weight alone where none is known. */
export interface NamedRow {
  readonly hash: string;
  readonly name: string | undefined;
  /** false for what only other commits than the current one say: such rows come last */
  readonly isCurrent: boolean;
  /** the smaller, the newer is what says so */
  readonly age?: number | undefined;
}

/**
 * The names below one module, and the rows that are shown right below it: modules, then names. Divided when the rows are asked
 * for, and sorted level by level: nobody looks at all of 100,000 names.
 */
export class ModuleLevel {
  /** "encoder.layers.11"; "" stands for all weights */
  readonly path: string;
  readonly names: readonly NamedRow[];
  #rows: Rows | undefined;
  #hashes: readonly string[] | undefined;
  #nameCount: number | undefined;

  constructor(path: string, names: readonly NamedRow[]) {
    this.path = path;
    this.names = names;
  }

  /** Of its weights, each once: several names may stand for one. */
  get hashes(): readonly string[] { return this.#hashes ??= [...new Set(this.names.map(({ hash }) => hash))]; }
  /** How many different names there are; a weight without one counts as one. */
  get nameCount(): number { return this.#nameCount ??= new Set(this.names.map(({ name, hash }) => name ?? `\0${hash}`)).size; }

  /** Only children are skipped: "encoder.layers.11" is one module where "encoder" and "layers" hold nothing else. */
  get modules(): readonly ModuleLevel[] { return this.divide().modules; }
  /** Those in no module of this level, and those alone in one. */
  get ownNames(): readonly NamedRow[] { return this.divide().names; }

  /** The level of a module below this one; it need not be a row of its own. */
  find(path: string): ModuleLevel {
    if (path === this.path) return this;
    const towards = this.modules.find((module) => isBelow(path, module.path) || path === module.path);
    return towards?.find(path) ?? new ModuleLevel(path, this.names.filter(({ name }) => name !== undefined && isBelow(name, path)));
  }

  /** The place of a row: among the rows here, then among those of the module there, and so on; undefined without one. */
  locate(sought: NamedRow): readonly number[] | undefined {
    const own = this.ownNames.findIndex(({ hash, name }) => hash === sought.hash && name === sought.name);
    if (own !== -1) return [this.modules.length + own];
    const place = this.modules.findIndex(({ path }) => sought.name !== undefined && isBelow(sought.name, path));
    const further = this.modules[place]?.locate(sought);
    return further && [place, ...further];
  }

  /** At the first use, or before it. */
  divide(): Rows {
    this.#rows ??= divide(this.path, this.names);
    return this.#rows;
  }
}

interface Rows {
  readonly modules: readonly ModuleLevel[];
  readonly names: readonly NamedRow[];
}

function divide(path: string, names: readonly NamedRow[]): Rows {
  const start = path === '' ? 0 : path.length + 1;
  const byModule = new Map<string, NamedRow[]>();
  const own: NamedRow[] = [];
  for (const named of names) {
    const end = named.name !== undefined && isDotted(named.name) ? named.name.indexOf('.', start) : -1;
    if (named.name === undefined || end === -1) {
      own.push(named);
      continue;
    }
    const module = named.name.slice(start, end);
    const others = byModule.get(module);
    if (others) others.push(named);
    else byModule.set(module, [named]);
  }
  const modules: ModuleLevel[] = [];
  for (const members of byModule.values()) {
    if (members.length === 1) own.push(...members);
    else modules.push(new ModuleLevel(commonModule(members), members));
  }
  const sorted = (isCurrent: boolean): NamedRow[] => (
    naturally(own.filter((named) => named.isCurrent === isCurrent), ({ name }) => name, tieOf));
  return { modules: naturally(modules, (module) => module.path), names: [...sorted(true), ...sorted(false)] };
}

/** Of one name, the newest first. */
function tieOf({ age = Number.MAX_SAFE_INTEGER, hash }: NamedRow): string {
  return `${String(age).padStart(16, '0')}${hash}`;
}

/** The longest module path that all these names begin with: what the first and the last of them share. */
function commonModule(members: readonly NamedRow[]): string {
  let [first, last] = [members[0]?.name ?? '', ''];
  for (const { name = '' } of members) {
    if (name < first) first = name;
    if (name > last) last = name;
  }
  let common = 0;
  while (common < first.length && first[common] === last[common]) common += 1;
  return first.slice(0, first.lastIndexOf('.', common - 1));
}

/** Dots that leave a part empty divide nothing: such a name is shown whole. */
function isDotted(name: string): boolean {
  return !name.startsWith('.') && !name.endsWith('.') && !name.includes('..');
}

function isBelow(path: string, module: string): boolean {
  return module === '' || (path.length > module.length && path.startsWith(module) && path[module.length] === '.');
}
