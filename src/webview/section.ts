import { button, h } from './dom';
import type { PageSays, Problem, Retry, Working } from './messages';

/** A part of a page: a heading, and below it what is known, how far it is, or why it cannot be shown. */
export class Section<Part extends string> {
  readonly element: HTMLElement;
  readonly #body = h('div', { class: 'body' });
  readonly #status = h('p', { class: 'status', role: 'status' });
  readonly #progress = h('progress', { max: 1 });
  readonly #working: HTMLElement;
  readonly #problem = h('div', { class: 'problem', role: 'alert', hidden: true });
  readonly #retry: HTMLButtonElement;

  constructor(part: Part, title: string, page: { send(message: PageSays<Part> | Retry<Part>): void }) {
    const heading = h('h2', { id: `${part}-title` }, title);
    this.#progress.setAttribute('aria-label', title);
    this.#working = h(
      'div', { class: 'working', hidden: true }, this.#progress, h('span', { class: 'amount' }),
      button('Cancel', () => page.send({ kind: 'cancel', part })),
    );
    this.#retry = button('Try Again', () => page.send({ kind: 'retry', part }));
    this.element = h(
      'section', { id: part, 'aria-labelledby': heading.id }, heading, this.#status, this.#working, this.#problem, this.#body,
    );
  }

  set isHidden(hidden: boolean) { this.element.hidden = hidden; }

  /** @param spoken what a screen reader is told now that it is there */
  show(spoken: string, ...content: readonly Node[]): void {
    this.#working.hidden = true;
    this.#problem.hidden = true;
    this.#status.textContent = spoken;
    // What is there stays there: moving it would take the focus from it.
    if (content.length !== this.#body.childNodes.length || content.some((node, index) => node !== this.#body.childNodes[index])) {
      this.#body.replaceChildren(...content);
    }
  }

  working({ fraction, text }: Working<Part>): void {
    this.#problem.hidden = true;
    if (this.#working.hidden) this.#status.textContent = 'Reading';
    this.#working.hidden = false;
    this.#progress.value = fraction;
    this.#working.querySelector('.amount')?.replaceChildren(text);
  }

  fail({ message }: Problem<Part>): void {
    this.#working.hidden = true;
    this.#status.textContent = '';
    this.#problem.replaceChildren(h('p', {}, message), this.#retry);
    this.#problem.hidden = false;
  }
}
