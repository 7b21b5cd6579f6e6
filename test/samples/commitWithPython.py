"""Commits with the Python tool itself: in a new repository two commits, a branch and a tag, in one that is there one more commit.
Prints what the last commit should read as: {name: [dtype, shape, SHA-256]} as JSON.

usage: commitWithPython.py FOLDER
"""
import hashlib
import json
import os
import sys

import numpy
from coral.core.weight_tensor import WeightMetadata, WeightTensor
from coral.version_control.repository import Repository

folder = sys.argv[1]
is_new = not os.path.exists(os.path.join(folder, '.coral'))
repository = Repository(folder, init=is_new)
random = numpy.random.default_rng(len(repository.version_graph.commits))


def commit(message, arrays):
    repository.stage_weights({
        name: WeightTensor(array, WeightMetadata(name=name, shape=array.shape, dtype=array.dtype, layer_type='Linear', model_name='sample'))
        for name, array in arrays.items()
    })
    return repository.commit(message, author='Ann', email='ann@example.com', tags=['reviewed'])


def model():
    """Every kind of number; one that compresses, one that is larger than a chunk, an empty one; names outside ASCII."""
    floats = {f'layers.{kind}.weight': random.standard_normal((33, 65)).astype(kind) for kind in ('float16', 'float32', 'float64')}
    integers = {f'layers.{kind}.weight': random.integers(0, 100, (7, 5, 3)).astype(kind) for kind in ('int8', 'uint8', 'int16', 'int32', 'int64')}
    return {
        **floats, **integers,
        'mask': random.integers(0, 2, (64,)).astype(bool), 'größe.層': random.standard_normal((3,)).astype('float32'),
        'padded': numpy.pad(random.standard_normal((10, 10)).astype('float32'), 200), 'large': random.standard_normal((1000, 700)).astype('float32'),
        'none': numpy.zeros((0, 4), 'float32'),
    }


arrays = model()
if is_new:
    first = commit('Import the base model', arrays)
    repository.tag_version('v1.0', description='the first', metrics={'loss': 0.25}, commit_ref=first.commit_hash)
    repository.create_branch('trial')
    arrays = {**arrays, **{name: array for name, array in model().items() if name.startswith('layers.')}}
    commit('Train the layers anew', arrays)
else:
    commit('Go on from what came', arrays)
print(json.dumps({name: [array.dtype.name, list(array.shape), hashlib.sha256(array.tobytes()).hexdigest()] for name, array in arrays.items()}))
