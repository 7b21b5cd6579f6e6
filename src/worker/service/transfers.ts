import type { SyncResultJSON } from '../../core/remotes/syncResult';
import { Repository } from '../../core/repository/repository';
import type { RemoteTransferOptions } from '../../core/repository/repositoryOptions';
import type { WhatToMove } from '../../core/repository/selection';
import type { NameFilter, TransferRequest, TransfersApi } from '../protocol/transfers';
import type { CallContext, HandlersOf } from '../rpc';
import type { WorkerSession } from './session';

/** What a request asks for, to core. */
export function whatToMove({ weightHashes, upTo, include, exclude }: Pick<TransferRequest, 'weightHashes' | 'upTo' | keyof NameFilter>): WhatToMove {
  return { weightHashes, upTo, include, exclude, filterCalled: 'coral.transfer.include and exclude' };
}

export function transfersHandlers(session: WorkerSession): HandlersOf<TransfersApi> {
  async function transfer(direction: 'push' | 'pull' | 'sync', request: TransferRequest, { onProgress, signal }: CallContext): Promise<SyncResultJSON> {
    const { force, createBucket } = request;
    const repository = await session.open(request.root);
    const options: RemoteTransferOptions = { ...session.remoteOptions(request, signal), ...whatToMove(request), force, createBucket, bandwidth: session.bandwidth, onProgress };
    return (await repository[direction](request.remote, options)).toJSON();
  }

  return {
    async clone({ root, name, url, region, endpointUrl, credentials }, { onProgress, signal }) {
      const reach = { ...session.remoteOptions({ credentials }, signal), bandwidth: session.bandwidth, remotesFileShape: session.settings.remotesFileShape };
      const { result } = await Repository.clone(url, root, { ...reach, remoteName: name, region, endpointUrl, onProgress });
      return result.toJSON();
    },
    push: (request, context) => transfer('push', request, context),
    pull: (request, context) => transfer('pull', request, context),
    sync: (request, context) => transfer('sync', request, context),
  };
}
