import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FrameLocator, Locator, Page } from '../host/host.mjs';

const shots = resolve('out/shots');

/** The browser's own, for what runs there. */
declare const getComputedStyle: (element: unknown, pseudo: string) => { readonly content: string };
interface TreeRow {
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<{ readonly innerText: string }>;
}

export type Theme = 'dark' | 'light' | 'contrast';

const classOf: Record<Theme, string> = { dark: 'vs-dark', light: 'vs', contrast: 'hc-black' };

/** A window of VS Code, used as a person uses it: by what is on the screen. Everything waits up to 30 s for what it needs. */
export class Workbench {
  readonly page: Page;
  /** the view of the sidebar whose rows are meant */
  view: 'Remotes' | 'History' = 'Remotes';

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(30_000);
  }

  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
    await this.page.locator('.statusbar-item').first().waitFor();
  }

  /** Reloads the window as people do, which starts the extension anew. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: 60_000 });
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Opens the Coral sidebar. */
  async openCoral(): Promise<void> {
    const icon = this.page.locator('.activitybar .action-item:has(a[aria-label^="Coral"])');
    await icon.waitFor({ timeout: 60_000 });
    if (await icon.locator('[aria-expanded="true"], [aria-selected="true"]').count() === 0) await icon.click();
    await this.page.locator('.sidebar .composite.title', { hasText: /coral/i }).waitFor();
  }

  /** Drags the sidebar's edge, so that whole names can be read. */
  async widenSidebar(pixels: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (!box) throw new Error('There is no sidebar.');
    const edge = box.x + box.width;
    await this.page.mouse.move(edge, 500);
    await this.page.mouse.down();
    await this.page.mouse.move(edge + pixels, 500, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Runs a command from the palette by its full title: "Coral: Push". */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.quickInput.locator('input.input');
    await input.fill(`>${title}`);
    await this.quickInput.locator('.monaco-list-row', { has: this.page.locator('.label-name').filter({ hasText: exactly(title) }) }).first().click();
  }

  /** Opens the palette and gives the titles it shows for `filter`. */
  async palette(filter: string): Promise<string[]> {
    await this.page.keyboard.press('F1');
    await this.quickInput.locator('input.input').fill(`>${filter}`);
    await this.quickInput.locator('.monaco-list-row', { hasText: filter }).first().waitFor();
    return (await this.quickInput.locator('.monaco-list-row .label-name').allInnerTexts()).map(plain);
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  async pick(label: string): Promise<void> {
    // Where the last click left it, the mouse would call up a hover that covers other rows.
    await this.page.mouse.move(0, 0);
    await this.quickInput.locator('.monaco-list-row', { hasText: label }).first().click();
  }

  /** Types into the input box what it is to refuse, and gives the reason that it shows. */
  async typeWrongly(text: string): Promise<string> {
    await this.quickInput.locator('input.input').fill(text);
    await this.quickInput.locator('.monaco-inputbox.error').waitFor();
    return plain(await this.quickInput.locator('.quick-input-message').innerText());
  }

  /** Goes back to the question before. */
  async goBack(): Promise<void> {
    const asked = await this.#question();
    await this.quickInput.locator('.quick-input-titlebar .codicon-quick-input-back').click();
    await this.until(() => this.#question(), (question) => question !== asked);
  }

  /** Answers the input box, and waits until it is gone or asks for something else. */
  async answer(text: string): Promise<void> {
    const input = this.quickInput.locator('input.input');
    await input.fill(text);
    const asked = await this.#question();
    await this.page.keyboard.press('Enter');
    await this.until(() => this.#question(), (question) => question !== asked);
  }

  /** What is asked now: title, step and prompt; "" when nothing is. */
  async #question(): Promise<string> {
    return (await this.quickInput.locator('.quick-input-title, .quick-input-message').allInnerTexts()).map(plain).join('; ');
  }

  /** Tree rows of the view as text, top to bottom, indented by level: only those that are scrolled into view. */
  async rows(): Promise<string[]> {
    const rows = await this.treeRows.evaluateAll((shown: readonly TreeRow[]) => shown.map((row) => ({
      level: Number(row.getAttribute('aria-level') ?? '1'),
      text: [...row.querySelectorAll('.label-name, .label-description')].map(({ innerText }) => innerText).join(' '),
    })));
    return rows.map(({ level, text }) => '  '.repeat(level - 1) + plain(text));
  }

  get treeRows(): Locator {
    return this.pane.locator('.pane-body .monaco-list-row');
  }

  get pane(): Locator {
    return this.page.locator('.sidebar .pane', { has: this.page.locator(`.pane-header[aria-label^="${this.view}"]`) });
  }

  row(text: string | RegExp): Locator {
    return this.treeRows.filter({ hasText: text }).first();
  }

  /** The letter of its state at the right of a weight's row. */
  async mark(text: string | RegExp): Promise<string> {
    const content = await this.row(text).locator('.monaco-icon-label').evaluate((label) => getComputedStyle(label, '::after').content);
    return content.replaceAll('"', '');
  }

  /** Picks an entry of a row's context menu. */
  async choose(text: string | RegExp, entry: string): Promise<void> {
    await this.row(text).click({ button: 'right' });
    const label = this.page.locator('.context-view .action-label', { hasText: entry });
    // A menu that has just opened takes no click: the one that opened it might be meant.
    await this.until(async () => {
      await label.click({ timeout: 1_000 }).catch(() => undefined);
      return label.isVisible();
    }, (isOpen) => !isOpen);
  }

  async expand(text: string | RegExp): Promise<void> {
    const row = this.row(text);
    await row.waitFor();
    if (await row.getAttribute('aria-expanded') === 'false') await row.locator('.monaco-tl-twistie').click();
    await this.until(() => this.#hasChildren(row), (has) => has, 30);
  }

  async #hasChildren(row: Locator): Promise<boolean> {
    const level = Number(await row.getAttribute('aria-level'));
    const following = row.locator('xpath=following-sibling::*[contains(@class, "monaco-list-row")]');
    const levels = await Promise.all((await following.all()).map((next) => next.getAttribute('aria-level')));
    return levels.some((next) => Number(next) === level + 1);
  }

  /** Text of the status bar items that are Coral's, icons left out. */
  async statusBar(): Promise<string> {
    const items = this.coralStatus;
    return await items.count() === 0 ? '' : plain((await items.allInnerTexts()).join(' '));
  }

  get coralStatus(): Locator {
    return this.page.locator('.statusbar-item[id*="coral" i]');
  }

  async toasts(): Promise<string[]> {
    return (await this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts()).map(plain);
  }

  /** The first notification whose text matches. */
  toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  async closeToasts(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.page.locator('.notification-toast').waitFor({ state: 'detached' });
  }

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Presses a button of the modal dialog that is open, and gives the text it showed. */
  async answerDialog(button: string): Promise<string> {
    await this.dialog.waitFor();
    const text = plain(await this.dialog.locator('.dialog-message-container').innerText());
    await this.dialog.locator('.monaco-button', { hasText: button }).first().click();
    await this.dialog.waitFor({ state: 'detached' });
    return text;
  }

  /** Text of the welcome view that is shown in place of an empty tree. */
  async welcome(): Promise<string> {
    const view = this.pane.locator('.welcome-view-content:visible').first();
    await view.waitFor();
    return plain(await view.innerText());
  }

  welcomeButton(label: string): Locator {
    return this.page.locator('.sidebar .welcome-view-content .monaco-button:visible', { hasText: label });
  }

  /** An editor tab whose title contains `title`. */
  tab(title: string): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: title });
  }

  /** The page in the editor tab that is in front. */
  webview(): FrameLocator {
    return this.page.locator('iframe.webview.ready').filter({ visible: true }).contentFrame().locator('iframe#active-frame').contentFrame();
  }

  /** All that it says, in single spaces. */
  async webviewText(): Promise<string> {
    return plain(await this.webview().locator('#page').innerText());
  }

  async clipboard(): Promise<string> {
    return String(await this.page.evaluate('navigator.clipboard.readText()'));
  }

  /** Polls until `check` holds; what the screen showed last goes into the error. */
  async until<T>(read: () => Promise<T>, check: (value: T) => boolean, seconds = 60): Promise<T> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const value = await read();
      if (check(value)) return value;
      if (Date.now() > end) throw new Error(`Not so after ${seconds} s; the last seen was: ${JSON.stringify(value)}`);
      await this.page.waitForTimeout(200);
    }
  }

  /** Leaves open what is open: inputs, dialogs, notifications. */
  async setTheme(theme: Theme): Promise<void> {
    await this.page.emulateMedia(theme === 'contrast' ? { colorScheme: 'dark', forcedColors: 'active' } : { colorScheme: theme, forcedColors: 'none' });
    await this.page.locator(`.monaco-workbench.${classOf[theme]}`).waitFor();
  }

  /** Writes NAME-THEME.png for each theme, to out/shots unless told otherwise. */
  async screenshots(name: string, folder = shots): Promise<void> {
    for (const theme of ['light', 'contrast', 'dark'] as const) {
      await this.setTheme(theme);
      await this.screenshot(join(folder, `${name}-${theme}.png`));
    }
  }

  /** As the window is now; a plain name goes to out/shots/NAME.png. */
  async screenshot(name: string): Promise<void> {
    const path = name.endsWith('.png') ? resolve(name) : join(shots, `${name}.png`);
    await mkdir(dirname(path), { recursive: true });
    await this.page.mouse.move(600, 640); // away from anything that shows a hover
    await this.page.screenshot({ path, animations: 'disabled' });
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  /**
   * Closes as a person does: not within the 100 ms for which VS Code gathers what it will save of the window, and staying when it asks
   * to while it saves.
   */
  async leave(): Promise<void> {
    this.page.on('dialog', (dialog) => void dialog.dismiss());
    await sleep(500);
    while (!this.page.isClosed()) {
      await this.page.close({ runBeforeUnload: true });
      await sleep(200);
    }
  }
}

/** Text without the private-use characters of icon fonts, in single spaces. */
const plain = (text: string): string => text.replace(/[\uE000-\uF8FF]/g, '').replace(/\s+/g, ' ').trim();

const exactly = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
