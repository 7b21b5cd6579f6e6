import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { mapConcurrently } from '../base/mapConcurrently';
import { CoralError } from '../base/errors';
import { verifiedCheckpoints } from '../history/checkpointList';
import type { HistoryStore } from '../history/recordKinds';
import { type TrainingState, verifiedState } from '../history/trainingState';

/** What is known of the training that a commit is a checkpoint of; of its state only where that is short enough to be read for a look. */
export interface Training extends Partial<Pick<TrainingState, 'epoch' | 'step' | 'loss' | 'metrics'>> {
  /** where its training state lies, from the repository's folder: ".coral/states/HASH.json"; undefined when there is none */
  readonly path?: string | undefined;
  /** by the list of its experiment */
  readonly isBest: boolean;
}

/** Those that hold an optimizer's state are far longer. */
const maxBytes = 1024 * 1024;
const concurrency = 16;

interface Known {
  readonly stamp: string;
  readonly state: TrainingState | undefined;
}

/** Reads what trainings left of commits, each state once as long as its file stays as it is. */
export class Trainings {
  readonly #known = new Map<string, Known>();

  /** Of those of the commits that are checkpoints. What is damaged says nothing here: a status or a transfer tells it. */
  async of(
    commits: readonly string[], coralFolder: string, { states, checkpoints }: HistoryStore, signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Training>> {
    const withState = new Set(await states.list(signal));
    const best = new Set<string | undefined>(await mapConcurrently(await checkpoints.list(signal), concurrency, async (experiment) => (
      orNothing(async () => {
        const bytes = await checkpoints.read(experiment, signal);
        return bytes && verifiedCheckpoints(bytes, checkpoints.pathOf(experiment), experiment).best;
      }))));
    const found = await mapConcurrently(commits.filter((hash) => withState.has(hash) || best.has(hash)), concurrency, async (hash) => {
      const isBest = best.has(hash);
      if (!withState.has(hash)) return [hash, { isBest }] as const;
      const path = ['.coral', ...relative(coralFolder, states.pathOf(hash)).split(sep)].join('/');
      return [hash, { ...await this.#stateOf(hash, states, signal), path, isBest }] as const;
    });
    return new Map(found);
  }

  async #stateOf(hash: string, states: HistoryStore['states'], signal?: AbortSignal): Promise<Partial<Omit<TrainingState, 'commitHash'>>> {
    const path = states.pathOf(hash);
    const file = await stat(path).catch(() => undefined);
    const stamp = `${path} ${file?.size ?? ''} ${file?.mtimeMs ?? ''}`;
    const known = this.#known.get(hash);
    const state = known?.stamp === stamp ? known.state : await orNothing(async () => {
      const bytes = (file?.size ?? 0) > maxBytes ? undefined : await states.read(hash, signal);
      return bytes && verifiedState(bytes, path, hash);
    });
    this.#known.set(hash, { stamp, state });
    return state === undefined ? {} : { epoch: state.epoch, step: state.step, loss: state.loss, metrics: state.metrics };
  }
}

async function orNothing<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (CoralError.is(error, 'cancelled')) throw error;
    return undefined;
  }
}
