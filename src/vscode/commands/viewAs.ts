import type { Command } from '../command';

export const viewAsModuleTree: Command = {
  id: 'coral.viewAsModuleTree',
  async run({ tree }) {
    await tree.listing.setLayout('modules');
  },
};

export const viewAsFlatList: Command = {
  id: 'coral.viewAsFlatList',
  async run({ tree }) {
    await tree.listing.setLayout('flat');
  },
};
