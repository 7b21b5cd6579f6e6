import * as vscode from 'vscode';
import type { CoralModel } from './model';
import type { RepositoryModel } from './repositoryModel';

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

  #watch(repository: RepositoryModel): vscode.Disposable {
    const { root } = repository;
    const pattern = new vscode.RelativePattern(vscode.Uri.file(root), '.coral/{HEAD,remotes.json,refs/**,versions/**,staging/**,objects/**}');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const changed = () => this.#soon(root, () => this.#read(root));
    return vscode.Disposable.from(watcher, watcher.onDidCreate(changed), watcher.onDidChange(changed), watcher.onDidDelete(changed));
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
