import type { Services } from '../actions/services';

/** Reads the open repositories again, and asks the remotes whose state is shown. */
export async function refresh({ model, history }: Services): Promise<void> {
  await model.refresh();
  history.redrawAll();
  await Promise.all(model.remotes.filter((remote) => !remote.isUnknown).map(async (remote) => {
    await remote.settled();
    await remote.fetchStatusInTurn();
  }));
}
