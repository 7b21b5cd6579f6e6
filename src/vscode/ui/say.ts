import * as vscode from 'vscode';
import { safeText } from '../../text/safeText';

// All text shown to the user goes through here. The log, progress and the tree make theirs safe as well; lint holds it.

/** A button of a notification. */
export interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

const shows = {
  info: (text: string, ...buttons: string[]) => vscode.window.showInformationMessage(text, ...buttons),
  warning: (text: string, ...buttons: string[]) => vscode.window.showWarningMessage(text, ...buttons),
  error: (text: string, ...buttons: string[]) => vscode.window.showErrorMessage(text, ...buttons),
};

/**
 * Shows a notification and runs what its buttons stand for. Nothing waits for it: it may stay for as long as it likes.
 * What a button starts reports its own errors.
 */
export function notify(level: keyof typeof shows, text: string, actions: readonly Action[] = []): void {
  const titles = actions.map(({ title }) => safeText(title, 'label'));
  void shows[level](safeText(text, 'message'), ...titles).then((picked) => actions[titles.indexOf(picked ?? '')]?.run());
}

/** Asks in a dialog; undefined is Cancel. @param detail its paragraphs: none can make itself another one */
export async function ask<Button extends string>(
  question: string, detail: readonly string[], ...buttons: Button[]
): Promise<Button | undefined> {
  const options = { modal: true, detail: safeText(detail.map((paragraph) => safeText(paragraph, 'message')).join('\n\n'), 'detail') };
  return vscode.window.showWarningMessage(safeText(question, 'message'), options, ...buttons);
}

/** A word in the status bar that goes by itself. */
export function mention(text: string, icon = 'check', milliseconds = 5_000): void {
  vscode.window.setStatusBarMessage(`$(${icon}) ${safeText(text, 'label')}`, milliseconds);
}

/** The clipboard gets what may be pasted anywhere: text on one line has no line break that would run it as a command. */
export async function copy(...lines: readonly string[]): Promise<void> {
  await vscode.env.clipboard.writeText(lines.map((line) => safeText(line, 'terminal')).join('\n'));
}

/** The same for what is to be given to other people. */
export async function copyLines(lines: readonly string[]): Promise<void> {
  await vscode.env.clipboard.writeText(lines.map((line) => safeText(line, 'document')).join('\n'));
}

/** The same for programs, in which line breaks are no danger. */
export async function copyJson(value: unknown): Promise<void> {
  const safe = (_: string, part: unknown): unknown => (typeof part === 'string' ? safeText(part, 'page') : part);
  await vscode.env.clipboard.writeText(JSON.stringify(value, safe, 2));
}

/** An item to pick; its icon is ours. */
export interface Item extends vscode.QuickPickItem {
  readonly icon?: string | undefined;
}

/** Items as they may be shown. */
export function shownItems<T extends Item>(items: readonly T[]): T[] {
  return items.map((item) => {
    const label = `${item.icon === undefined ? '' : `$(${item.icon}) `}${safeText(item.label, 'label')}`;
    const { description, detail } = item;
    return {
      ...item, label,
      ...(description === undefined ? {} : { description: safeText(description, 'label') }),
      ...(detail === undefined ? {} : { detail: safeText(detail, 'label') }),
    };
  });
}

/** Lets one of several be picked; undefined when none was. */
export async function pick<T extends Item>(items: readonly T[], placeHolder: string): Promise<T | undefined> {
  const options = { placeHolder: safeText(placeHolder, 'message'), matchOnDescription: true, matchOnDetail: true };
  return vscode.window.showQuickPick(shownItems(items), options);
}

export interface Input {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly placeHolder?: string;
  readonly ignoreFocusOut?: boolean;
  /** what is wrong with a text */
  readonly validateInput?: (text: string) => string | undefined;
}

/** Asks for a text in one step; undefined when it was left. */
export async function input({ title, prompt, validateInput, ...options }: Input): Promise<string | undefined> {
  return vscode.window.showInputBox({
    ...options, title: safeText(title, 'label'), prompt: safeText(prompt, 'message'),
    validateInput: (text) => {
      const problem = validateInput?.(text);
      return problem === undefined ? undefined : safeText(problem, 'message');
    },
  });
}
