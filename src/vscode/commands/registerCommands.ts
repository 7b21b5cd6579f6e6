import * as vscode from 'vscode';
import { CoralError } from '../../core/errors';
import { reportError } from '../messages';
import type { Services } from '../services';
import { addRemote } from './addRemote';
import { compareWeights } from './compareWeights';
import { copyBucketPolicy } from './copyBucketPolicy';
import { checkIntegrity } from './checkIntegrity';
import { copyCommitHash } from './copyCommitHash';
import { clone } from './clone';
import { copyDiagnostics } from './copyDiagnostics';
import { copyReport } from './copyReport';
import { copyWeightHash } from './copyWeightHash';
import { copyWeightName } from './copyWeightName';
import { clearCredentials, setCredentials } from './credentials';
import { editRemote } from './editRemote';
import { fetchStatus } from './fetchStatus';
import { clearFilter, filterWeights } from './filterWeights';
import { findWeight } from './findWeight';
import { forcePull } from './forcePull';
import { forcePush } from './forcePush';
import { loadMoreHistory } from './loadMoreHistory';
import { loadMore } from './loadMore';
import { moveKeysToSecretStorage } from './moveKeys';
import { openProblem, openRemotesFile } from './openFile';
import { previewPull, previewPush, previewSync } from './preview';
import { pruneLocal, pruneRemote } from './prune';
import { pull } from './pull';
import { push } from './push';
import { refresh } from './refresh';
import { removeRemote } from './removeRemote';
import { renameRemote } from './renameRemote';
import { setDefaultRemote } from './setDefaultRemote';
import { repair } from './repair';
import { showHistory } from './showHistory';
import { copyRemoteInfo, showRemoteInfo } from './showRemoteInfo';
import { openWeight, showWeight } from './showWeight';
import { sync } from './sync';
import { targetRemote } from './target';
import { pullSelected, pushSelected } from './transferSelected';
import { pullUpTo, pushUpTo } from './transferUpTo';
import { useLinked } from './useLinked';
import { viewAsFlatList, viewAsModuleTree } from './viewAs';

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
