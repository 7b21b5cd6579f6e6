import type { PreviewsApi } from '../protocol/previews';
import type { HandlersOf } from '../rpc';
import type { WorkerSession } from './session';
import { whatToMove } from './transfers';

export function previewsHandlers(session: WorkerSession): HandlersOf<PreviewsApi> {
  return {
    async preview(request, { signal }) {
      const { root, remote, direction, force } = request;
      const repository = await session.open(root);
      return repository.preview(remote, {
        ...session.remoteOptions(request, signal), direction: direction === 'sync' ? 'both' : direction, ...whatToMove(request), force,
      });
    },
  };
}
