import { stoppable } from '../base/stoppable';
import { CoralError, endsRun } from '../base/errors';

interface QueueOptions<Item> {
  /** items under way at once */
  readonly concurrency: number;
  /** called for an error that concerns one item alone */
  readonly onError: (error: CoralError, item: Item) => void;
  readonly signal?: AbortSignal | undefined;
}

/** After this many passing failures in a row, with no success in between, the other side counts as gone. */
const maxFailuresInARow = 16;

/**
 * Works through the items in order, many at a time. A failure that concerns one item does not stop the others; the first error
 * that concerns everything ends the run and is what this resolves to. Ends early when cancelled. Never rejects.
 */
export async function runQueue<Item>(
  items: readonly Item[], work: (item: Item, signal: AbortSignal) => Promise<void>, { concurrency, onError, signal }: QueueOptions<Item>,
): Promise<CoralError | undefined> {
  const { signal: either, stop } = stoppable(signal);
  const queue = items.values();
  let end: CoralError | undefined;
  let inARow: (readonly [CoralError, Item])[] = [];
  const tellThose = (): void => {
    for (const [error, item] of inARow) onError(error, item);
    inARow = [];
  };
  const fail = (error: CoralError, item: Item): void => {
    if (either.aborted && (error.reason === 'cancelled' || CoralError.means(error, 'ends everything') || error === end)) return;
    if (CoralError.means(error, 'concerns one thing') && !endsRun(error)) return onError(error, item);
    inARow.push([error, item]);
    if (!endsRun(error) && inARow.length < maxFailuresInARow) return;
    end = error;
    inARow = [];
    stop();
  };
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true && !either.aborted; next = queue.next()) {
      try {
        await work(next.value, either);
        tellThose();
      } catch (error) {
        fail(CoralError.from(error, 'network'), next.value);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  if (end === undefined) tellThose();
  return end;
}
