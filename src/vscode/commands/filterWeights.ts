import { hasText } from '../ask/target';
import type { Command } from '../command';
import { input, mention } from '../ui/say';

/** Shows only weights whose name or hash matches. `{ filter }` leaves out the question; an empty one shows all. */
export const filterWeights: Command = {
  id: 'coral.filterWeights',
  async run({ tree: { listing } }, target) {
    const filter = hasText(target, 'filter') ? target.filter : await input({
      title: 'Filter Weights', value: listing.filter,
      prompt: 'Part of a name, or the beginning of a hash. With * and ? in it, all of either: *.layers.1?.*.bias',
      placeHolder: '*.bias',
    });
    if (filter !== undefined) listing.setFilter(filter.trim());
  },
};

export const clearFilter: Command = {
  id: 'coral.clearFilter',
  run({ tree: { listing } }) {
    if (listing.filter === '') mention('All weights are shown already.', 'filter');
    listing.setFilter('');
  },
};
