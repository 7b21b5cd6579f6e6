import { maxStrange, type Survey, type SurveyedItem } from '../../survey';
import type { Layout } from './layout';
import { believable, type ObjectInfo, type ObjectStore } from '../objectStore';

/**
 * Everything below the prefix. Where the prefix ends within a name, or is none, other things may lie beside ours: then our folders only.
 */
export async function surveyObjects(objects: ObjectStore, layout: Layout, signal?: AbortSignal): Promise<Survey> {
  const items: SurveyedItem[] = [];
  const metadata = new Set<string>();
  const strange: string[] = [];
  const sort = (info: ObjectInfo): void => {
    const item = itemOf(layout, info);
    const described = layout.hashOf('metadata', info.key);
    if (item !== undefined) items.push(item);
    else if (described !== undefined) metadata.add(described);
    else if (!isKnown(layout, info.key) && strange.length < maxStrange) strange.push(info.key);
  };
  for (const start of layout.prefix.endsWith('/') ? [layout.prefix] : folders.map((folder) => layout.folder(folder))) {
    for await (const info of objects.list(start, signal)) sort(info);
  }
  return { items, metadata, strange };
}

const folders = ['weights', 'metadata', 'deltas', 'commits', 'versions', 'states', 'checkpoints'] as const;

function itemOf(layout: Layout, { key, size, modified }: ObjectInfo): SurveyedItem | undefined {
  for (const [kind, folder] of [['weight', 'weights'], ['delta', 'deltas']] as const) {
    const hash = layout.hashOf(folder, key);
    if (hash !== undefined) return { kind, hash, bytes: believable(size), modified, incomplete: false };
  }
  return undefined;
}

/** Refs, the small files and the markers that some programs make of folders. */
function isKnown(layout: Layout, key: string): boolean {
  const below = key.slice(layout.prefix.length);
  return key === layout.refs || below === '' || folders.some((folder) => below === `${folder}/`)
    || /^((commits|versions|states)\/[0-9a-f]{8,64}|checkpoints\/[^/]+)\.json$/.test(below);
}
