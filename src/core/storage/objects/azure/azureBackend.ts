import { accessKeys, type Backend } from '../../backend';

export const azureBackend: Backend = {
  name: 'azure', kind: 'bucket', label: 'Azure Blob Storage', icon: 'cloud',
  offers: [{
    id: 'azure', icon: 'cloud', label: 'Azure Blob Storage', detail: 'A container at Microsoft Azure',
    location: { prompt: 'Container and folder in it', placeholder: 'my-container/models/' }, asks: [], variables: [],
  }],
  credentials: [accessKeys],
};
