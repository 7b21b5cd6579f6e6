import type { Command } from '../command';

/** Reads the open repositories again, and asks the remotes whose state is shown. */
export const refresh: Command = {
  id: 'coral.refresh',
  async run({ model, history }) {
    await model.refresh();
    history.redrawAll();
    await Promise.all(model.remotes.filter((remote) => !remote.isUnknown).map(async (remote) => {
      await remote.settled();
      await remote.fetchStatusInTurn();
    }));
  },
};
