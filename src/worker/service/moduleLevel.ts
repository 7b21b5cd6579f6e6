import { naturally } from './naturalOrder';

/** A weight, and the name that says which module it belongs to. */
export interface NamedHash {
  readonly hash: string;
  readonly name: string | undefined;
}

/**
 * The weights below one module, and the rows that are shown right below it: modules, then weights. Divided when the rows are asked
 * for, and sorted level by level: nobody looks at all of 100,000 weights.
 */
export class ModuleLevel {
  /** "encoder.layers.11"; "" stands for all weights */
  readonly path: string;
  readonly weights: readonly NamedHash[];
  #rows: Rows | undefined;

  constructor(path: string, weights: readonly NamedHash[]) {
    this.path = path;
    this.weights = weights;
  }

  /** Only children are skipped: "encoder.layers.11" is one module where "encoder" and "layers" hold nothing else. */
  get modules(): readonly ModuleLevel[] { return this.divide().modules; }
  /** Those in no module of this level, and those alone in one. */
  get ownWeights(): readonly NamedHash[] { return this.divide().weights; }

  /** The level of a module below this one; it need not be a row of its own. */
  find(path: string): ModuleLevel {
    if (path === this.path) return this;
    const towards = this.modules.find((module) => isBelow(path, module.path) || path === module.path);
    return towards?.find(path) ?? new ModuleLevel(path, this.weights.filter(({ name }) => name !== undefined && isBelow(name, path)));
  }

  /** The place of a weight's row: among the rows here, then among those of the module there, and so on; undefined without one. */
  locate(weight: NamedHash): readonly number[] | undefined {
    const own = this.ownWeights.findIndex(({ hash }) => hash === weight.hash);
    if (own !== -1) return [this.modules.length + own];
    const place = this.modules.findIndex(({ path }) => weight.name !== undefined && isBelow(weight.name, path));
    const further = this.modules[place]?.locate(weight);
    return further && [place, ...further];
  }

  /** At the first use, or before it. */
  divide(): Rows {
    this.#rows ??= divide(this.path, this.weights);
    return this.#rows;
  }
}

interface Rows {
  readonly modules: readonly ModuleLevel[];
  readonly weights: readonly NamedHash[];
}

function divide(path: string, weights: readonly NamedHash[]): Rows {
  const start = path === '' ? 0 : path.length + 1;
  const byModule = new Map<string, NamedHash[]>();
  const own: NamedHash[] = [];
  for (const weight of weights) {
    const end = weight.name !== undefined && isDotted(weight.name) ? weight.name.indexOf('.', start) : -1;
    if (weight.name === undefined || end === -1) {
      own.push(weight);
      continue;
    }
    const module = weight.name.slice(start, end);
    const others = byModule.get(module);
    if (others) others.push(weight);
    else byModule.set(module, [weight]);
  }
  const modules: ModuleLevel[] = [];
  for (const members of byModule.values()) {
    if (members.length === 1) own.push(...members);
    else modules.push(new ModuleLevel(commonModule(members), members));
  }
  return { modules: naturally(modules, (module) => module.path), weights: naturally(own, ({ name }) => name, ({ hash }) => hash) };
}

/** The longest module path that all these names begin with: what the first and the last of them share. */
function commonModule(members: readonly NamedHash[]): string {
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
