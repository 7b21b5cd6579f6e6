import { join } from 'node:path';
import type { Side } from './inventory';
import type { Remote } from './remote';
import { waysOf } from './syncRepositories';
import { previewHistory } from './historyPreview';
import type { PreviewOptions } from '../repository/repositoryOptions';
import { readState } from '../coralFolder/repositoryState';
import { choose } from './selection';
import { previewTransfer, type TransferPreview } from './transferPreview';

/** What `transferRepository` would do now, by the plan that it follows. Changes nothing on either side. */
export async function previewRepository(
  local: Side, remote: Remote, coralFolder: string, options: PreviewOptions,
): Promise<TransferPreview> {
  const { direction = 'both', force, signal } = options;
  const { store } = local;
  const state = await readState(coralFolder, signal);
  const ways = waysOf(direction, remote.config, options);
  const { weightHashes, history: chosen, warnings } = await choose(options, { ways, state, local: store, remote }, signal);
  const plans = await remote.plan(store, ways, { ...options, weightHashes }, signal);
  const history = chosen === undefined ? {} : await previewHistory(plans, { local, remote, coralFolder, chosen, force, signal });
  const folder = join(coralFolder, 'objects');
  const preview = await previewTransfer(plans, { local: store, remote, folder, state, history }, signal);
  return { ...preview, warnings: [...warnings, ...preview.warnings] };
}
