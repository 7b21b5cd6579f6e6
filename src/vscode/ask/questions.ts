import * as vscode from 'vscode';
import { safeText } from '../../text/safeText';
import { type Item, shownItems } from '../ui/say';
import { back, type StepPosition } from './steps';

interface Question {
  readonly title: string;
  /** absent for a question that stands alone */
  readonly at?: StepPosition | undefined;
}

export interface TextQuestion extends Question {
  readonly prompt: string;
  readonly value?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly password?: boolean | undefined;
  /** What is wrong with a text; undefined when nothing is. Asked while one types, and before the text is taken. */
  readonly problemOf?: ((text: string) => string | undefined | Promise<string | undefined>) | undefined;
  /** A button beside the others; what it gives takes the place of the text. */
  readonly button?: { readonly icon: string; readonly tooltip: string; readonly run: () => Promise<string | undefined> } | undefined;
}

export interface ChoiceItem<T> extends Item {
  readonly value: T;
  /** Why it cannot be chosen, which is then said; undefined when it can. */
  readonly refusal?: string | undefined;
}

export interface ChoiceQuestion<T> extends Question {
  readonly placeholder: string;
  readonly items: readonly ChoiceItem<T>[];
  /** the one to begin with */
  readonly active?: T | undefined;
}

/**
 * Asks for a text, without the blanks around it; `back` from the second step on, undefined when it is left. It stays open when the focus
 * goes elsewhere.
 */
export async function askText(question: TextQuestion): Promise<string | typeof back | undefined> {
  const input = vscode.window.createInputBox();
  const { button } = question;
  const extra: vscode.QuickInputButton | undefined = button && { iconPath: new vscode.ThemeIcon(button.icon), tooltip: button.tooltip };
  present(input, question, extra ? [extra] : []);
  input.value = question.value ?? '';
  input.prompt = safeText(question.prompt, 'message');
  if (question.placeholder !== undefined) input.placeholder = safeText(question.placeholder, 'message');
  input.password = question.password ?? false;
  let asked = 0;
  let isAway = false;
  const check = async (): Promise<boolean> => {
    const mine = asked += 1;
    const problem = await question.problemOf?.(input.value.trim());
    if (mine === asked) input.validationMessage = problem === undefined ? undefined : safeText(problem, 'message');
    return mine === asked && problem === undefined;
  };
  return open<string>(input, (settle) => [
    // An empty box is not reproached before anything was typed.
    input.onDidChangeValue(() => void check()),
    input.onDidAccept(async () => { if (await check()) settle(input.value.trim()); }),
    input.onDidTriggerButton(async (pressed) => {
      if (pressed === vscode.QuickInputButtons.Back) settle(back);
      if (pressed !== extra || !button) return;
      isAway = true;
      const text = await button.run().finally(() => (isAway = false));
      if (text !== undefined) input.value = text;
      input.show();
      if (text !== undefined) await check();
    }),
  ], () => isAway);
}

/** Asks for one of several; `back` from the second step on, undefined when it is left. It stays open when the focus goes elsewhere. */
export async function askChoice<T>(question: ChoiceQuestion<T>): Promise<T | typeof back | undefined> {
  const pick = vscode.window.createQuickPick<ChoiceItem<T>>();
  present(pick, question, []);
  pick.items = shownItems(question.items);
  pick.placeholder = safeText(question.placeholder, 'message');
  pick.activeItems = pick.items.filter(({ value }) => value === question.active);
  return open<T>(pick, (settle) => [
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item?.refusal !== undefined) {
        pick.placeholder = safeText(item.refusal, 'message');
        pick.selectedItems = [];
      } else if (item) {
        settle(item.value);
      }
    }),
    pick.onDidTriggerButton(() => settle(back)),
  ]);
}

function present(
  input: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>, { title, at }: Question, buttons: readonly vscode.QuickInputButton[],
): void {
  input.title = safeText(title, 'label');
  input.ignoreFocusOut = true;
  if (at) [input.step, input.totalSteps] = [at.step, at.totalSteps];
  input.buttons = [...(at && at.step > 1 ? [vscode.QuickInputButtons.Back] : []), ...buttons];
}

/** Shows the input until it is settled or left. While `isAway`, it is hidden by what its own button opened. */
async function open<T>(
  input: vscode.QuickInput, listen: (settle: (answer: T | typeof back) => void) => vscode.Disposable[], isAway = () => false,
): Promise<T | typeof back | undefined> {
  const listeners: vscode.Disposable[] = [];
  try {
    return await new Promise((resolve) => {
      listeners.push(...listen(resolve), input.onDidHide(() => { if (!isAway()) resolve(undefined); }));
      input.show();
    });
  } finally {
    for (const listener of listeners) listener.dispose();
    input.dispose();
  }
}
