import { absent, type Remote } from './remote';
import { type Room, roomAt } from '../storage/freeSpace';
import type { WeightStore } from '../storage/weightStore';
import type { Plans, Way } from './plan';
import { type MovePreview, previewPlan } from './preview';
import type { HistoryPreview } from './historyPreview';
import { namesOf } from '../coralFolder/names';
import type { RepositoryState } from '../coralFolder/repositoryState';

export interface WayPreview extends MovePreview {
  /** where the weights go to, if that is a disk here */
  readonly room?: Room | undefined;
  /** undefined where weights were chosen one by one: nothing else goes then */
  readonly history?: HistoryPreview | undefined;
}

/** What a push, a pull or a sync would do, in numbers and names. Plain data. */
export interface TransferPreview {
  readonly remote: string;
  /** undefined: nothing is sent that way */
  readonly push?: WayPreview | undefined;
  readonly pull?: WayPreview | undefined;
  /** what would go through, but will not work everywhere */
  readonly warnings: readonly string[];
}

export interface PreviewSides {
  readonly local: WeightStore;
  readonly remote: Remote;
  /** where weights.h5 lies */
  readonly folder: string;
  readonly state: RepositoryState;
  readonly history: Partial<Record<Way, HistoryPreview>>;
}

/** The plans with names, sizes and what there is to say about them. Reads from both sides, and changes nothing. */
export async function previewTransfer(plans: Plans, { local, remote, folder, state, history }: PreviewSides, signal?: AbortSignal): Promise<TransferPreview> {
  const names = namesOf(state);
  const { name, location } = remote.config;
  const preview = async (way: Way, from: WeightStore, to: string | undefined): Promise<WayPreview | undefined> => {
    const plan = plans[way];
    if (plan === undefined) return undefined;
    const move = await previewPlan(plan, from, names, (hash) => absent(hash, way, name), signal);
    return { ...move, history: history[way], room: to === undefined ? undefined : await roomAt(to) };
  };
  const push = await preview('push', local, location.kind === 'folder' ? location.folder : undefined);
  const pull = await preview('pull', remote.store, folder);
  return { remote: name, push, pull, warnings: [...remote.warnings, ...(push ? scalarWarnings(push, name) : [])] };
}

function scalarWarnings({ scalars }: MovePreview, remote: string): string[] {
  if (scalars.length === 0) return [];
  const shown = scalars.length > 3 ? `${scalars.slice(0, 3).join(', ')} and ${scalars.length - 3} more` : scalars.join(', ');
  return [`The Python tool will not be able to pull from ${remote}: it stops at weights without dimensions (${shown}). Coral for VS Code can.`];
}
