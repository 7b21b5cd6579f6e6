import * as vscode from 'vscode';
import { safeText } from '../../text/safeText';
import { type Item, shownItems } from '../ui/say';

export interface TypedItem<T> extends Item {
  readonly value: T;
}

export interface TypedQuestion<T> {
  readonly title?: string;
  readonly placeholder: string;
  /** What fits a text; aborted when another text was typed. */
  readonly offer: (text: string, signal: AbortSignal) => readonly TypedItem<T>[] | Promise<readonly TypedItem<T>[]>;
  readonly onError?: (error: unknown) => void;
}

/** Lets one be picked of what is offered for the text typed so far, whatever VS Code's own filter thinks of it; undefined when none was. */
export async function pickAsTyped<T>({ title, placeholder, offer, onError }: TypedQuestion<T>): Promise<T | undefined> {
  const picker = vscode.window.createQuickPick<TypedItem<T>>();
  let asked = new AbortController();
  const ask = async (text: string): Promise<void> => {
    asked.abort();
    const { signal } = asked = new AbortController();
    picker.busy = true;
    try {
      const items = await offer(text, signal);
      if (!signal.aborted) picker.items = shownItems(items.map((item) => ({ ...item, alwaysShow: true })));
    } catch (error) {
      if (!signal.aborted) onError?.(error);
    } finally {
      if (!signal.aborted) picker.busy = false;
    }
  };
  if (title !== undefined) picker.title = safeText(title, 'label');
  picker.placeholder = safeText(placeholder, 'message');
  picker.onDidChangeValue(ask);
  const picked = new Promise<T | undefined>((resolve) => {
    picker.onDidAccept(() => resolve(picker.activeItems[0]?.value));
    picker.onDidHide(() => resolve(undefined));
  });
  picker.show();
  void ask('');
  try {
    return await picked;
  } finally {
    asked.abort();
    picker.dispose();
  }
}
