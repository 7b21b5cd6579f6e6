import * as vscode from 'vscode';
import { CoralError } from '../../core/errors';
import { safeText } from '../../text/safeText';
import { LogBudget } from './logBudget';

const mostFrames = 30;

/** The one door to the log "Coral": an entry is a line of bounded length without secrets, and all of them together are bounded. */
export class Log implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('Coral', { log: true });
  readonly #budget = new LogBudget();

  readonly onDidChangeLogLevel = this.#channel.onDidChangeLogLevel;

  get logLevel(): vscode.LogLevel { return this.#channel.logLevel; }

  info(text: string): void { this.#write('info', safeText(text, 'log')); }
  warn(text: string): void { this.#write('warn', safeText(text, 'log')); }
  error(text: string): void { this.#write('error', safeText(text, 'log')); }
  trace(text: string): void { this.#write('trace', safeText(text, 'log')); }

  /** An error of ours says itself what is wrong; of any other one it is told where it came from. */
  failure(error: unknown): void {
    const { message, stack = '' } = CoralError.from(error);
    const frames = CoralError.is(error) ? [] : stack.split('\n').filter((line) => /^\s+at /.test(line)).slice(0, mostFrames);
    this.#write('error', [message, ...frames].map((line) => safeText(line, 'log')).join('\n'));
  }

  show(): void { this.#channel.show(); }
  dispose(): void { this.#channel.dispose(); }

  #write(level: 'info' | 'warn' | 'error' | 'trace', entry: string): void {
    for (const line of this.#budget.take(entry, performance.now())) this.#channel[level](line);
  }
}
