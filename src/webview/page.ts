import type { PageSays, Problem, Working } from './messages';

/** What VS Code gives a webview to talk to the extension host. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** This page's end of the wire, and what it remembers while it is hidden. */
export class Page<Part extends string, To, Asks, State extends { readonly target: unknown }> {
  readonly #api = acquireVsCodeApi();
  #state: State;

  /** The page begins with what the host wrote into the body, and with what it remembers of the same target. */
  constructor() {
    const target: unknown = JSON.parse(document.body.dataset['target'] ?? 'null');
    const remembered = this.#api.getState() as State | undefined;
    this.#state = { ...remembered, target } as State;
    this.#api.setState(this.#state);
  }

  get state(): State { return this.#state; }

  remember(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.#api.setState(this.#state);
  }

  send(message: PageSays<Part> | Asks): void {
    this.#api.postMessage(message);
  }

  /** Tells the host that it is heard from now on. */
  onMessage(listener: (message: To | Working<Part> | Problem<Part>) => void): void {
    window.addEventListener('message', ({ data }) => listener(data as To));
    this.send({ kind: 'ready' });
  }
}

/** Calls back when colors have changed. */
export function onThemeChange(listener: () => void): void {
  new MutationObserver(listener).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
}
