import * as vscode from 'vscode';
import type { WeightLayout } from '../../worker/protocol/weights';

const layoutKey = 'coral.layout';

/** How the view lists weights: the layout, which the workspace remembers, and the filter, which ends with the window. */
export class WeightListing {
  readonly #memory: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<void>();
  #layout: WeightLayout;
  #filter = '';

  readonly onDidChange = this.#changes.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#layout = memory.get<string>(layoutKey) === 'flat' ? 'flat' : 'modules';
    this.#tellMenus();
  }

  get layout(): WeightLayout { return this.#layout; }
  /** "" shows all */
  get filter(): string { return this.#filter; }

  async setLayout(layout: WeightLayout): Promise<void> {
    if (layout === this.#layout) return;
    this.#layout = layout;
    this.#changed();
    await this.#memory.update(layoutKey, layout);
  }

  setFilter(filter: string): void {
    if (filter === this.#filter) return;
    this.#filter = filter;
    this.#changed();
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #changed(): void {
    this.#tellMenus();
    this.#changes.fire();
  }

  #tellMenus(): void {
    void vscode.commands.executeCommand('setContext', 'coral.layout', this.#layout);
    void vscode.commands.executeCommand('setContext', 'coral.isFiltered', this.#filter !== '');
  }
}
