import type { Services } from '../actions/services';

export async function viewAsModuleTree({ tree }: Services): Promise<void> {
  await tree.listing.setLayout('modules');
}

export async function viewAsFlatList({ tree }: Services): Promise<void> {
  await tree.listing.setLayout('flat');
}
