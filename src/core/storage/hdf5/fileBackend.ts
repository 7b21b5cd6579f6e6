import type { Backend } from '../backend';

export const fileBackend: Backend = {
  name: 'file', kind: 'folder', label: 'a folder', icon: 'folder',
  offers: [{
    id: 'file', icon: 'folder', label: 'Folder', detail: 'On this computer, a network drive or a disk of its own',
    location: { prompt: 'Folder; it need not be there yet', placeholder: '/mnt/weights' }, asks: [], variables: [],
  }],
  credentials: [],
};
