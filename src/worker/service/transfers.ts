import type { SyncResultJSON } from '../../core/transfer/syncResult';
import { Repository } from '../../core/repository/repository';
import type { RemoteTransferOptions } from '../../core/repository/repositoryOptions';
import type { WhatToMove } from '../../core/sync/choice';
import type { TransferPreview } from '../../core/sync/transferPreview';
import type { CloneRequest, TransferAction, PreviewRequest, TransferRequest } from '../protocol/transfers';
import type { CallContext, HandlersOf } from '../rpc';
import type { WorkerSession } from './workerSession';

export interface TransfersApi {
  /** Makes a repository in `root` of what the remote holds; nothing is left behind when it rejects. */
  clone(request: CloneRequest): Promise<SyncResultJSON>;
  push(request: TransferRequest): Promise<SyncResultJSON>;
  pull(request: TransferRequest): Promise<SyncResultJSON>;
  sync(request: TransferRequest): Promise<SyncResultJSON>;
  /** What the transfer would do if it began now. Reads both sides and changes neither. */
  preview(request: PreviewRequest): Promise<TransferPreview>;
}

/** What a request asks for, to core. */
function whatToMove({ weightHashes, upTo, include, exclude }: TransferRequest | PreviewRequest): WhatToMove {
  return { weightHashes, upTo, include, exclude, filterCalled: 'coral.transfer.include and exclude' };
}

export function transfersHandlers(session: WorkerSession): HandlersOf<TransfersApi> {
  async function transfer(
    direction: TransferAction, request: TransferRequest, { onProgress, signal }: CallContext,
  ): Promise<SyncResultJSON> {
    const { force, createBucket, agreedPlan } = request;
    const { bandwidth } = session;
    const repository = await session.open(request.root);
    const reach = session.remoteOptions(request, signal);
    const options: RemoteTransferOptions = { ...reach, ...whatToMove(request), force, createBucket, agreedPlan, bandwidth, onProgress };
    return (await repository[direction](request.remote, options)).toJSON();
  }

  return {
    async clone({ root, name, url, region, endpointUrl, credentials }, { onProgress, signal }) {
      const { bandwidth, settings: { remotesFileShape } } = session;
      const { result } = await Repository.clone(url, root, {
        ...session.remoteOptions({ credentials }, signal), bandwidth, remotesFileShape, remoteName: name, region, endpointUrl, onProgress,
      });
      return result.toJSON();
    },
    push: (request, context) => transfer('push', request, context),
    pull: (request, context) => transfer('pull', request, context),
    sync: (request, context) => transfer('sync', request, context),
    async preview(request, { signal }) {
      const { root, remote, direction, force } = request;
      const repository = await session.open(root);
      return repository.preview(remote, {
        ...session.remoteOptions(request, signal), direction: direction === 'sync' ? 'both' : direction, ...whatToMove(request), force,
      });
    },
  };
}
