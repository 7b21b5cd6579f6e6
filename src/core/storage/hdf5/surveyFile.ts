import { statSync } from 'node:fs';
import { isHash } from '../../base/validate';
import { isObject } from '../../base/json';
import { readJson } from '../../base/jsonReader';
import { maxStrange, type Survey, type SurveyedItem } from '../survey';
import { readAttributes } from './attributes';
import type { Catalog } from './catalog';
import { readStored } from './datasets';
import type { Hdf5File } from './hdf5File';

const known: ReadonlySet<string> = new Set(['weights', 'metadata', 'deltas']);

/** Everything in the file, by name. */
export function surveyFile(file: Hdf5File, { weights, deltas }: Catalog): Survey {
  const items: SurveyedItem[] = [];
  const modified = statSync(file.path).mtimeMs;
  const strange = file.names('/').filter((name) => !known.has(name)).map((name) => `/${name}`);
  for (const [kind, members] of [['weight', weights], ['delta', deltas]] as const) {
    for (const name of file.names(members.group)) {
      if (isHash(name)) items.push({ kind, hash: name, modified, incomplete: !members.has(file, name) });
      else strange.push(members.path(name));
    }
  }
  strange.push(...file.names('/metadata').map((name) => `/metadata/${name}`));
  for (const group of ['/', ...known].filter((path) => path === '/' || file.exists(path))) {
    strange.push(...file.call((api, id) => api.get_attribute_names(id, group)).map((name) => `the attribute ${name} of ${group}`));
  }
  return { items, metadata: undefined, strange: strange.slice(0, maxStrange) };
}

/** What a copy of a dataset has to know besides its values and what Coral says of it. */
export interface StoredForm {
  readonly compressed: boolean;
  /** attributes that are not Coral's */
  readonly foreignAttributes: readonly string[];
}

const ownAttributes = {
  weight: new Set(['name', 'shape', 'dtype', 'layer_type', 'model_name', 'compression_info', 'hash']),
  delta: new Set(['delta_type', 'original_shape', 'original_dtype', 'reference_hash', 'compression_ratio', 'metadata']),
};

export function formOf(file: Hdf5File, kind: 'weight' | 'delta', path: string): StoredForm {
  return {
    compressed: file.call((api, id) => api.get_dataset_filters(id, path)).length > 0,
    foreignAttributes: file.call((api, id) => api.get_attribute_names(id, path)).filter((name) => !ownAttributes[kind].has(name)),
  };
}

/** As much as can be read of what describes a dataset that may be damaged. */
export function describeRaw(file: Hdf5File, path: string): Readonly<Record<string, unknown>> {
  const attempt = (read: () => unknown): unknown => {
    try {
      return read();
    } catch (error) {
      return `cannot be read: ${(error as Error).message}`;
    }
  };
  return {
    attributes: attempt(() => Object.fromEntries(readAttributes(file, path))),
    filters: attempt(() => file.call((api, id) => api.get_dataset_filters(id, path))),
    stored: attempt(() => readStored(file, path)),
  };
}

/** What keeps the Python tool from saying what a weight is called. */
export function attributesProblem(file: Hdf5File, path: string): string | undefined {
  const attributes = readAttributes(file, path);
  if (typeof attributes.get('name') !== 'string') return 'it has no attribute "name"';
  const info = attributes.get('compression_info');
  if (info === undefined) return undefined;
  try {
    if (typeof info === 'string' && isObject(readJson(info))) return undefined;
  } catch {
    // said below
  }
  return 'its attribute "compression_info" is no JSON object';
}
