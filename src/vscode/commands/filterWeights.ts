import { input, mention } from '../ui/say';
import type { Services } from '../actions/services';
import { hasText } from '../ask/target';

/** Shows only weights whose name or hash matches. `{ filter }` leaves out the question; an empty one shows all. */
export async function filterWeights({ tree: { listing } }: Services, target?: unknown): Promise<void> {
  const filter = hasText(target, 'filter') ? target.filter : await input({
    title: 'Filter Weights', value: listing.filter,
    prompt: 'Part of a name, or the beginning of a hash. With * and ? in it, all of either: *.layers.1?.*.bias',
    placeHolder: '*.bias',
  });
  if (filter !== undefined) listing.setFilter(filter.trim());
}

export function clearFilter({ tree: { listing } }: Services): void {
  if (listing.filter === '') mention('All weights are shown already.', 'filter');
  listing.setFilter('');
}
