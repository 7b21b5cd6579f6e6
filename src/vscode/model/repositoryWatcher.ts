import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CoralModel } from './coralModel';
import type { RepositoryModel } from './repositoryModel';

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
export class RepositoryWatcher {
  readonly #model: CoralModel;
  readonly #watchers = new Map<string, vscode.Disposable>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(model: CoralModel) {
    this.#model = model;
    const appearing = vscode.workspace.createFileSystemWatcher('**/.coral', false, true, false);
    const rescan = () => this.#soon('', () => void model.scan());
    this.#subscriptions = [
      appearing, appearing.onDidCreate(rescan), appearing.onDidDelete(rescan),
      model.onDidChange((change) => change ?? this.#follow()),
    ];
    this.#follow();
  }

  /** One watcher for each open repository. */
  #follow(): void {
    const open = new Set(this.#model.repositories.map(({ root }) => root));
    for (const root of [...this.#watchers.keys()].filter((known) => !open.has(known))) {
      this.#watchers.get(root)?.dispose();
      this.#watchers.delete(root);
    }
    for (const repository of this.#model.repositories) {
      if (!this.#watchers.has(repository.root)) this.#watchers.set(repository.root, this.#watch(repository));
    }
  }

  #watch({ root }: RepositoryModel): vscode.Disposable {
    const changed = () => this.#soon(root, () => this.#read(root));
    return vscode.Disposable.from(...watchedFolders(root).flatMap((folder) => {
      const pattern = new vscode.RelativePattern(
        vscode.Uri.file(folder),
        '{HEAD,remotes.json,refs/**,versions/**,states/**,checkpoints/**,staging/**,objects/**,commits/**,weights.h5}',
      );
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      return [watcher, watcher.onDidCreate(changed), watcher.onDidChange(changed), watcher.onDidDelete(changed)];
    }));
  }

  /** A transfer of our own changes files all the time; whoever runs it reads them when it is over. */
  #read(root: string): void {
    const repository = this.#model.repository(root);
    if (repository && !repository.isTransferring) void repository.refresh();
  }

  #soon(key: string, run: () => void): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.set(key, setTimeout(run, quietPeriod));
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const disposable of [...this.#subscriptions, ...this.#watchers.values()]) disposable.dispose();
  }
}
