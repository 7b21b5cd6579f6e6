import * as vscode from 'vscode';
import type { CoralModel } from '../model/coralModel';
import type { RemoteModel } from '../model/remoteModel';
import { autofetchSettings } from '../settings/settings';
import type { Refusals } from './refusals';
import { type TimerClock, Scheduler } from './scheduler';
import type { Surroundings } from './surroundings';

/**
 * Asks remotes for their state from time to time, as `coral.autofetch` says. It shows nothing but what the tree and the status bar show.
 */
export class Autofetch {
  readonly #scheduler: Scheduler<RemoteModel>;
  readonly #subscription: vscode.Disposable;

  constructor(model: CoralModel, refusals: Refusals, surroundings: Surroundings, clock?: TimerClock) {
    const isIdle = (remote: RemoteModel) => remote.isAllowed && !remote.isChecking && !remote.activity && !refusals.isRefused(remote);
    this.#scheduler = new Scheduler({
      targets: () => (surroundings.isActive() ? chosen(model).filter(isIdle) : []),
      period: () => autofetchSettings().period,
      lastLook: ({ status }) => status?.checkedAt,
      look: async (remote) => {
        await remote.fetchStatusInTurn();
        return remote.error === undefined;
      },
    }, clock);
    const wake = () => this.#scheduler.wake();
    this.#subscription = vscode.Disposable.from(
      this.#scheduler,
      surroundings.onDidChange(wake),
      model.onDidChange(() => {
        for (const remote of model.remotes) if (remote.status && !remote.error) this.#scheduler.recover(remote);
        wake();
      }),
    );
    wake();
  }

  /** Settings or credentials have changed. */
  wake(): void {
    this.#scheduler.wake();
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function chosen(model: CoralModel): readonly RemoteModel[] {
  const { mode } = autofetchSettings();
  if (mode === 'off') return [];
  return mode === 'all' ? model.remotes : model.repositories.flatMap((repository) => model.defaultRemote(repository) ?? []);
}
