import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HDF5Store } from '../../src/core/storage/hdf5/hdf5Store';
import { deltaStoreConformance } from './deltaStore.conformance';
import { type StorePlace, weightStoreConformance } from './weightStore.conformance';

const start = () => Promise.resolve(async (): Promise<StorePlace<HDF5Store>> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'coral-hdf5-'));
  return {
    open: () => HDF5Store.open(path.join(folder, 'weights.h5'), { mode: 'write' }),
    remove: () => rm(folder, { recursive: true }),
  };
});

weightStoreConformance('HDF5Store', 'HDF5', start);
deltaStoreConformance('HDF5Store', 'HDF5', start);
