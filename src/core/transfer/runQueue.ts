import { stoppable } from '../base/stoppable';
import { CoralError, endsRun } from '../errors';

export interface QueueOptions<Item> {
  /** items under way at once */
  readonly concurrency: number;
  /** told of what concerns one item alone */
  readonly onError: (error: CoralError, item: Item) => void;
  readonly signal?: AbortSignal | undefined;
}

/** After so many failures in a row that may pass, with nothing through in between, the other side counts as gone. */
const maxFailuresInARow = 16;

/**
 * Works through the items in order, many at a time. What concerns one of them does not hold up the others; the first error that concerns
 * everything ends it, and is what it resolves to. Ends early when cancelled. Never rejects.
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
