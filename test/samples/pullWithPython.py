"""Pulls a remote into a new repository with the Python tool itself, and prints what arrived: {hash: {name, dtype, shape, sha256}} as JSON.

usage: pullWithPython.py CORAL_SRC FOLDER URL
"""
import hashlib, json, sys
sys.path.insert(0, sys.argv[1])
from coral.version_control.repository import Repository

repository = Repository(sys.argv[2], init=True)
repository.add_remote('origin', sys.argv[3])
result = repository.pull('origin')
from coral.storage.hdf5_store import HDF5Store
with HDF5Store(str(repository.weights_store_path)) as store:
    weights = {key: store.load(key) for key in store.list_weights()}
print(json.dumps({'result': result, 'weights': {
    key: {'name': weight.metadata.name, 'dtype': weight.data.dtype.str, 'shape': list(weight.shape),
          'sha256': hashlib.sha256(weight.data.tobytes()).hexdigest()}
    for key, weight in weights.items()
}}, default=str))
