import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import { safeText } from '../../text/safeText';
import { isTracing } from '../settings/settings';
import { LogBudget } from './logBudget';

const maxFrames = 30;

/** The one door to the log "Coral": an entry is a line of bounded length without secrets, and all of them together are bounded. */
export class Log implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('Coral', { log: true });
  readonly #budget = new LogBudget();

  readonly onDidChangeLogLevel = this.#channel.onDidChangeLogLevel;

  /** whether lines about requests are wanted */
  get showsRequests(): boolean { return isTracing() || this.#isTrace; }
  get #isTrace(): boolean { return this.#channel.logLevel === vscode.LogLevel.Trace; }

  info(text: string): void { this.#write('info', safeText(text, 'log')); }
  warn(text: string): void { this.#write('warn', safeText(text, 'log')); }
  error(text: string): void { this.#write('error', safeText(text, 'log')); }
  /** Our own setting shows it whatever level VS Code has for the log. */
  request(text: string): void { this.#write(isTracing() && !this.#isTrace ? 'info' : 'trace', safeText(text, 'log')); }

  /** An error of ours says itself what is wrong; of any other one it is told where it came from. */
  failure(error: unknown): void {
    const { message, stack = '' } = CoralError.from(error);
    const frames = CoralError.is(error) ? [] : stack.split('\n').filter((line) => /^\s+at /.test(line)).slice(0, maxFrames);
    this.#write('error', [message, ...frames].map((line) => safeText(line, 'log')).join('\n'));
  }

  show(): void { this.#channel.show(); }
  dispose(): void { this.#channel.dispose(); }

  #write(level: 'info' | 'warn' | 'error' | 'trace', entry: string): void {
    for (const line of this.#budget.take(entry, performance.now())) this.#channel[level](line);
  }
}
