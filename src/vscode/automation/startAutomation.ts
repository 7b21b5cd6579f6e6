import * as vscode from 'vscode';
import type { Services } from '../actions/services';
import { onDidChangeSettings } from '../settings/settings';
import { Autofetch } from './autofetch';
import { startAutoPush } from './startAutoPush';
import { Refusals } from './refusals';
import { type Surroundings, windowSurroundings } from './surroundings';

/**
 * What Coral does by itself. A remote that has refused the credentials is left alone until keys or settings change, or it is seen to
 * answer.
 */
export function startAutomation(
  services: Services, secrets: vscode.SecretStorage, surroundings: Surroundings = windowSurroundings,
): vscode.Disposable {
  const { model } = services;
  const refusals = new Refusals();
  const autofetch = new Autofetch(model, refusals, surroundings);
  const forgive = () => {
    refusals.forgive(model.remotes);
    autofetch.wake();
  };
  return vscode.Disposable.from(
    autofetch,
    startAutoPush(services, refusals, surroundings),
    secrets.onDidChange(forgive),
    onDidChangeSettings(forgive),
  );
}
