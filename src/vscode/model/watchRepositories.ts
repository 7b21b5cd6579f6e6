import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CoralModel } from './coralModel';

/** `.coral`, and where it and its folder of objects really are: a watcher follows no link. */
function watchedFolders(root: string): string[] {
  const coral = join(root, '.coral');
  const [realCoral, realObjects] = [realPathOf(coral), realPathOf(join(coral, 'objects'))];
  return [...new Set([coral, realCoral, ...(realObjects === join(realCoral, 'objects') ? [] : [realObjects])])];
}

/** The path itself where there is nothing. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** Milliseconds of quiet after a change before anything is read: a commit writes several files. */
const quietPeriod = 300;

/** Reads a repository again when its `.coral` changes on disk, and looks for repositories again when one comes or goes. */
export function watchRepositories(model: CoralModel): vscode.Disposable {
  const watchers = new Map<string, vscode.Disposable>();
  const timers = new Map<string, NodeJS.Timeout>();
  const soon = (key: string, run: () => void) => {
    clearTimeout(timers.get(key));
    timers.set(key, setTimeout(run, quietPeriod));
  };
  /** A transfer of our own changes files all the time; whoever runs it reads them when it is over. */
  const read = (root: string) => {
    const repository = model.repository(root);
    if (repository && !repository.isTransferring) void repository.refresh();
  };
  /** One watcher for each open repository. */
  const follow = () => {
    for (const [root, watcher] of watchers) {
      if (model.repository(root)) continue;
      watcher.dispose();
      watchers.delete(root);
    }
    for (const { root } of model.repositories) {
      if (!watchers.has(root)) watchers.set(root, watchFolders(root, () => soon(root, () => read(root))));
    }
  };
  const appearing = vscode.workspace.createFileSystemWatcher('**/.coral', false, true, false);
  const rescan = () => soon('', () => void model.scan());
  follow();
  return vscode.Disposable.from(
    appearing, appearing.onDidCreate(rescan), appearing.onDidDelete(rescan), model.onDidChange((change) => change ?? follow()),
    { dispose: () => { for (const timer of timers.values()) clearTimeout(timer); } },
    { dispose: () => { for (const watcher of watchers.values()) watcher.dispose(); } },
  );
}

function watchFolders(root: string, changed: () => void): vscode.Disposable {
  return vscode.Disposable.from(...watchedFolders(root).flatMap((folder) => {
    const pattern = new vscode.RelativePattern(
      vscode.Uri.file(folder),
      '{HEAD,remotes.json,refs/**,versions/**,states/**,checkpoints/**,staging/**,objects/**,commits/**,weights.h5}',
    );
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    return [watcher, watcher.onDidCreate(changed), watcher.onDidChange(changed), watcher.onDidDelete(changed)];
  }));
}
