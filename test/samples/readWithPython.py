"""Reads a store with the Python tool itself and prints what it holds: {hash: {name, dtype, shape, sha256}} as JSON. With a URL, it first
pulls that remote into a new repository.

usage: readWithPython.py FOLDER [URL]
"""
import hashlib
import json
import sys

from coral.storage.hdf5_store import HDF5Store
from coral.version_control.repository import Repository

folder, urls = sys.argv[1], sys.argv[2:]
repository = Repository(folder, init=bool(urls))
for url in urls:
    repository.add_remote('origin', url)
    repository.pull('origin')
with HDF5Store(str(repository.weights_store_path)) as store:
    weights = {key: store.load(key) for key in store.list_weights()}
print(json.dumps({
    key: {'name': weight.metadata.name, 'dtype': weight.data.dtype.str, 'shape': list(weight.shape),
          'sha256': hashlib.sha256(weight.data.tobytes()).hexdigest()}
    for key, weight in weights.items()
}))
