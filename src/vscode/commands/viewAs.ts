import type { Command } from '../command';

export const viewAsModuleTree: Command = { id: 'coral.viewAsModuleTree', run: ({ tree }) => tree.listing.setLayout('modules') };
export const viewAsFlatList: Command = { id: 'coral.viewAsFlatList', run: ({ tree }) => tree.listing.setLayout('flat') };
