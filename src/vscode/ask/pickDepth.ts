import type { Depth } from '../../core/repository/integrity/integrityReport';
import { type Item, pick } from '../ui/say';

export async function pickDepth(): Promise<Depth | undefined> {
  const items: readonly (Item & { readonly depth: Depth })[] = [
    { icon: 'search', label: 'Shallow', description: 'names, sizes, headers and references: seconds', depth: 'shallow' },
    { icon: 'microscope', label: 'Deep', description: 'the same, and every tensor is read and hashed', depth: 'deep' },
  ];
  return (await pick(items, 'How closely?'))?.depth;
}
