"""Prints what an HDF5 store holds, as h5py sees it: {hash: {dtype, shape, sha256, attrs}} as JSON."""
import hashlib, json, sys
import h5py, numpy as np

def plain(value):
    return [str(value.dtype), value.tolist()] if isinstance(value, np.ndarray) else value

with h5py.File(sys.argv[1], 'r') as store:
    print(json.dumps({
        key: {
            'dtype': data.dtype.str, 'shape': list(data.shape),
            'sha256': hashlib.sha256(np.asarray(data[()]).tobytes()).hexdigest(),
            'attrs': {name: plain(value) for name, value in data.attrs.items()},
        }
        for key, data in store['weights'].items()
    }))
