import * as vscode from 'vscode';
import type { Command } from '../command';

/** Brings the view "History" to the front, and the keyboard to it. */
export const showHistory: Command = { id: 'coral.showHistory', run: () => vscode.commands.executeCommand('coral.history.focus') };
