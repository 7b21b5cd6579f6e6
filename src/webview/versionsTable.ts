import type { WeightVersion } from '../worker/protocol/details';
import { table } from './dom';

export function versionsTable(caption: string, versions: readonly WeightVersion[]): HTMLElement {
  return table(caption, [
    { title: 'Commit', text: ({ commit }) => commit.slice(0, 8) },
    { title: 'Message', text: ({ message }) => message },
    { title: 'Branches', text: ({ branches }) => branches.join(', ') },
    { title: 'Author', text: ({ author }) => author },
    { title: 'Time', text: ({ timestamp }) => timestamp.slice(0, 16).replace('T', ' ') },
    { title: 'Name', text: ({ name }) => name },
  ], versions);
}
