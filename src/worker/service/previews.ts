import type { PreviewsApi } from '../protocol/previews';
import type { HandlersOf } from '../rpc';
import type { WorkerSession } from './session';

export function previewsHandlers(session: WorkerSession): HandlersOf<PreviewsApi> {
  return {
    async preview(request, { signal }) {
      const { root, remote, direction, weightHashes, upTo, force } = request;
      const repository = await session.open(root);
      return repository.preview(remote, {
        ...session.remoteOptions(request, signal), direction: direction === 'sync' ? 'both' : direction, weightHashes, upTo, force,
      });
    },
  };
}
