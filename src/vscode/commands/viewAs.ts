import type { Services } from '../services';

export async function viewAsModuleTree({ tree }: Services): Promise<void> {
  await tree.listing.setLayout('modules');
}

export async function viewAsFlatList({ tree }: Services): Promise<void> {
  await tree.listing.setLayout('flat');
}
