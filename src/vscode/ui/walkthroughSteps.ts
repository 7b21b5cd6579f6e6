import * as vscode from 'vscode';
import type { CoralModel } from '../model/coralModel';

const memoryKey = 'coral.walkthrough';
const steps = ['open', 'add', 'compare', 'move', 'look'] as const;
type Step = (typeof steps)[number];

/**
 * Which steps of the walkthrough were done, in whatever way and in whichever window. VS Code loads a walkthrough when it is first
 * opened, knows of no command or view before, and ticks a step only when its context key becomes true after that. So the keys are
 * false, and true for a moment when a step is done and, for all that were, when a tab opens that may be the walkthrough.
 */
export class WalkthroughSteps {
  readonly #memory: vscode.Memento;
  readonly #done = new Set<Step>();
  readonly #subscription: vscode.Disposable;

  constructor(memory: vscode.Memento, model: CoralModel) {
    this.#memory = memory;
    const known = memory.get<readonly string[]>(memoryKey, []);
    for (const step of steps) if (known.includes(step)) this.#done.add(step);
    this.#subscription = vscode.Disposable.from(
      model.onDidChange(() => this.#look(model)),
      vscode.window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
        // The API has no kind of tab for what it does not know, the walkthrough among it.
        if ([...opened, ...changed].some(({ input }) => input === undefined)) for (const step of this.#done) void tick(step);
      }),
    );
  }

  /** Tells that a step was done. */
  take(step: Step): void {
    if (this.#done.has(step)) return;
    this.#done.add(step);
    void tick(step);
    void this.#memory.update(memoryKey, [...this.#done]);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #look({ repositories, remotes }: CoralModel): void {
    if (repositories.some(({ snapshot }) => snapshot)) this.take('open');
    if (remotes.length > 0) this.take('add');
    if (remotes.some(({ status }) => status)) this.take('compare');
    if (remotes.some(({ hasTransferred }) => hasTransferred)) this.take('move');
  }
}

async function tick(step: Step): Promise<void> {
  for (const isDone of [true, false]) await vscode.commands.executeCommand('setContext', `coral.done.${step}`, isDone);
}
