import * as vscode from 'vscode';
import { CoralError } from '../core/base/errors';
import { reportError } from './actions/reportError';
import { allCommands } from './allCommands';
import { targetRemote } from './ask/target';
import type { Command, CommandServices } from './command';

export function registerCommands(services: CommandServices): vscode.Disposable {
  return vscode.Disposable.from(...allCommands.map((command) => register(command, services)));
}

/** What a command throws becomes a notification; its caller gets undefined. */
function register({ id, run }: Command, services: CommandServices): vscode.Disposable {
  const { model, log } = services;
  return vscode.commands.registerCommand(id, async (target?: unknown, selection?: unknown) => {
    try {
      return await run(services, target, selection);
    } catch (error) {
      const remote = targetRemote(model, target);
      // Where remotes.json has changed meanwhile, the next try asks about what it says now.
      if (remote && CoralError.is(error, 'conflict')) await model.repository(remote.root)?.refresh();
      reportError(log, error, { remote, retry: () => vscode.commands.executeCommand(id, target, selection) });
      return undefined;
    }
  });
}
