import * as vscode from 'vscode';
import { CoralError } from '../core/errors';
import { reportError } from './actions/reportError';
import type { Services } from './actions/services';
import { addRemote } from './commands/addRemote';
import { compareWeights } from './commands/compareWeights';
import { copyBucketPolicy } from './commands/copyBucketPolicy';
import { checkIntegrity } from './commands/checkIntegrity';
import { copyCommitHash } from './commands/copyCommitHash';
import { clone } from './commands/clone';
import { copyDiagnostics } from './commands/copyDiagnostics';
import { copyReport } from './commands/copyReport';
import { copyWeightHash } from './commands/copyWeightHash';
import { copyWeightName } from './commands/copyWeightName';
import { clearCredentials, setCredentials } from './commands/credentials';
import { editRemote } from './commands/editRemote';
import { fetchStatus } from './commands/fetchStatus';
import { clearFilter, filterWeights } from './commands/filterWeights';
import { findWeight } from './commands/findWeight';
import { forcePull } from './commands/forcePull';
import { forcePush } from './commands/forcePush';
import { loadMoreHistory } from './commands/loadMoreHistory';
import { loadMore } from './commands/loadMore';
import { moveKeysToSecretStorage } from './commands/moveKeys';
import { openProblem, openRemotesFile } from './commands/openFile';
import { previewPull, previewPush, previewSync } from './commands/preview';
import { pruneLocal, pruneRemote } from './commands/prune';
import { pull } from './commands/pull';
import { push } from './commands/push';
import { refresh } from './commands/refresh';
import { removeRemote } from './commands/removeRemote';
import { renameRemote } from './commands/renameRemote';
import { setDefaultRemote } from './commands/setDefaultRemote';
import { repair } from './commands/repair';
import { showHistory } from './commands/showHistory';
import { copyRemoteInfo, showRemoteInfo } from './commands/showRemoteInfo';
import { openWeight, showWeight } from './commands/showWeight';
import { sync } from './commands/sync';
import { targetRemote } from './ask/target';
import { pullSelected, pushSelected } from './commands/transferSelected';
import { pullUpTo, pushUpTo } from './commands/transferUpTo';
import { useLinked } from './commands/useLinked';
import { viewAsFlatList, viewAsModuleTree } from './commands/viewAs';

/** Takes what VS Code passes: the row and the selection from the tree, nothing from the palette, anything from other callers. */
type Command = (services: Services, target?: unknown, selection?: unknown) => unknown;

const commands: Readonly<Record<string, Command>> = {
  'coral.push': push,
  'coral.pull': pull,
  'coral.sync': sync,
  'coral.previewPush': previewPush,
  'coral.previewPull': previewPull,
  'coral.previewSync': previewSync,
  'coral.forcePush': forcePush,
  'coral.forcePull': forcePull,
  'coral.pushSelected': pushSelected,
  'coral.pullSelected': pullSelected,
  'coral.pushUpTo': pushUpTo,
  'coral.pullUpTo': pullUpTo,
  'coral.fetchStatus': fetchStatus,
  'coral.retryRemote': fetchStatus,
  'coral.refresh': refresh,
  'coral.addRemote': addRemote,
  'coral.editRemote': editRemote,
  'coral.renameRemote': renameRemote,
  'coral.setDefaultRemote': setDefaultRemote,
  'coral.removeRemote': removeRemote,
  'coral.showRemoteInfo': showRemoteInfo,
  'coral.copyRemoteInfo': copyRemoteInfo,
  'coral.useLinked': useLinked,
  'coral.showWeight': showWeight,
  'coral.openWeight': openWeight,
  'coral.compareWeights': compareWeights,
  'coral.checkIntegrity': checkIntegrity,
  'coral.copyReport': copyReport,
  'coral.repair': repair,
  'coral.pruneLocal': pruneLocal,
  'coral.pruneRemote': pruneRemote,
  'coral.setCredentials': setCredentials,
  'coral.clearCredentials': clearCredentials,
  'coral.moveKeysToSecretStorage': moveKeysToSecretStorage,
  'coral.copyBucketPolicy': copyBucketPolicy,
  'coral.showHistory': showHistory,
  'coral.copyCommitHash': copyCommitHash,
  'coral.copyWeightHash': copyWeightHash,
  'coral.copyWeightName': copyWeightName,
  'coral.findWeight': findWeight,
  'coral.filterWeights': filterWeights,
  'coral.clearFilter': clearFilter,
  'coral.viewAsModuleTree': viewAsModuleTree,
  'coral.viewAsFlatList': viewAsFlatList,
  'coral.openRemotesFile': openRemotesFile,
  'coral.openProblem': openProblem,
  'coral.loadMore': loadMore,
  'coral.loadMoreHistory': loadMoreHistory,
  'coral.clone': clone,
  'coral.copyDiagnostics': copyDiagnostics,
  'coral.showLog': ({ log }) => log.show(),
};

/** Registers them all. What a command throws becomes a notification; its caller gets undefined. */
export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(commands).map(([id, command]) => vscode.commands.registerCommand(id, async (target?: unknown, selection?: unknown) => {
    try {
      return await command(services, target, selection);
    } catch (error) {
      const remote = targetRemote(services.model, target);
      // Where remotes.json has changed meanwhile, the next try asks about what it says now.
      if (remote && CoralError.is(error, 'conflict')) await services.model.repository(remote.root)?.refresh();
      reportError(services, error, { remote, retry: () => vscode.commands.executeCommand(id, target, selection) });
      return undefined;
    }
  }));
  return vscode.Disposable.from(...registered);
}
