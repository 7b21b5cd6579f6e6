import * as vscode from 'vscode';

type Method = (...args: never[]) => unknown;

/**
 * Stands in for the person before the window: writes down what is shown and asked, and dismisses each question. Messages are not shown.
 */
export class Onlooker {
  readonly seen: string[] = [];
  readonly #restore: (() => void)[] = [];

  constructor() {
    const { window } = vscode;
    for (const [name, kind] of [['showInformationMessage', 'info'], ['showWarningMessage', 'warning'], ['showErrorMessage', 'error']] as const) {
      this.#replace(window, name, (text: string, options?: { modal?: boolean }) => this.#dismiss(`${options?.modal ? 'dialog' : kind}: ${text}`));
    }
    this.#replace(window, 'showQuickPick', (_items: unknown, options?: vscode.QuickPickOptions) => this.#dismiss(`pick: ${options?.placeHolder ?? options?.title ?? ''}`));
    this.#replace(window, 'showInputBox', (options?: vscode.InputBoxOptions) => this.#dismiss(`input: ${options?.prompt ?? options?.title ?? ''}`));
    this.#replace(window, 'showOpenDialog', (options?: vscode.OpenDialogOptions) => this.#dismiss(`files: ${options?.title ?? ''}`));
    this.#replace(window, 'setStatusBarMessage', (text: string) => { this.seen.push(`status bar: ${text}`); });
    this.#watchInput('createQuickPick', 'pick');
    this.#watchInput('createInputBox', 'input');
    const { withProgress } = window;
    this.#replace(window, 'withProgress', (options: vscode.ProgressOptions, task: () => Thenable<unknown>) => {
      this.seen.push(`progress: ${options.title ?? 'in the view'}`);
      return withProgress.call(window, options, task);
    });
  }

  dispose(): void {
    for (const restore of this.#restore.splice(0)) restore();
  }

  #dismiss(text: string): Promise<undefined> {
    this.seen.push(text);
    return Promise.resolve(undefined);
  }

  /** Lets it be shown, so that its events come as they do, and hides it then. */
  #watchInput(name: 'createQuickPick' | 'createInputBox', kind: string): void {
    const create = vscode.window[name] as () => vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox;
    this.#replace(vscode.window, name, () => {
      const input = create.call(vscode.window);
      const show = input.show.bind(input);
      input.show = () => {
        this.seen.push(`${kind}: ${[input.title, input.placeholder ?? ('prompt' in input ? input.prompt : undefined)].filter(Boolean).join(', ')}`);
        show();
        setTimeout(() => input.hide(), 100);
      };
      return input;
    });
  }

  #replace(owner: object, name: string, replacement: Method): void {
    const methods = owner as Record<string, unknown>;
    const original = methods[name];
    methods[name] = replacement;
    this.#restore.push(() => { methods[name] = original; });
  }
}
