import { accessKeys, type Backend } from '../../backend';

export const gcsBackend: Backend = {
  name: 'gcs', kind: 'bucket', label: 'Google Cloud Storage', icon: 'cloud',
  offers: [{
    id: 'gcs', icon: 'cloud', label: 'Google Cloud Storage', detail: 'A bucket at Google Cloud',
    location: { prompt: 'Bucket and folder in it', placeholder: 'my-bucket/models/' }, asks: [], variables: [],
  }],
  credentials: [accessKeys],
};
