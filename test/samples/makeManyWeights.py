"""Writes two stores of named float32 weights for a view to show: LOCAL holds COUNT of a mixture-of-experts model, REMOTE the first
SHARED of them and OTHERS that LOCAL lacks. Prints the names and hashes of LOCAL as JSON.

usage: makeManyWeights.py LOCAL REMOTE COUNT SHARED OTHERS"""
import json
import shutil
import sys

import h5py
import numpy
import xxhash

local, remote = sys.argv[1:3]
count, shared, others = map(int, sys.argv[3:6])
projections = [f"{part}_proj.{kind}" for part in ("gate", "up", "down", "out") for kind in ("weight", "scale")]
attention = [f"self_attn.{part}_proj.{kind}" for part in "qkvo" for kind in ("weight", "bias")]


def name_of(index):
    """1,000 weights a layer: 8 of the attention, then 124 experts of 8."""
    layer, place = divmod(index, 1000)
    if place < 8:
        return f"model.layers.{layer}.{attention[place]}"
    return f"model.layers.{layer}.experts.{(place - 8) // 8}.{projections[place % 8]}"


def text(dataset, name, value):
    """What dataset.attrs[name] = value does, several times faster."""
    attribute = h5py.h5a.create(dataset, name, string_type, scalar)
    attribute.write(numpy.array(value, dtype=h5py.string_dtype()))


string_type = h5py.h5t.py_create(h5py.string_dtype(), logical=True)
scalar = h5py.h5s.create(h5py.h5s.SCALAR)
row = h5py.h5s.create_simple((16,))
one = h5py.h5s.create_simple((1,))
shape = numpy.array([16])
random = numpy.random.default_rng(2026)
hashes = []
with h5py.File(local, "w") as file:
    weights = file.create_group("weights").id
    file.create_group("metadata")
    file.create_group("deltas")
    for index in range(count + others):
        data = random.standard_normal(16, dtype=numpy.float32)
        key = xxhash.xxh3_64(b"(16,)float32" + data.tobytes()).hexdigest()
        dataset = h5py.h5d.create(weights, key.encode(), h5py.h5t.IEEE_F32LE, row)
        dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, data)
        text(dataset, b"name", name_of(index))
        text(dataset, b"dtype", "float32")
        h5py.h5a.create(dataset, b"shape", h5py.h5t.STD_I64LE, one).write(shape)
        hashes.append(key)

shutil.copyfile(local, remote)
with h5py.File(local, "a") as file:
    for key in hashes[count:]:
        del file["weights"][key]
with h5py.File(remote, "a") as file:
    for key in hashes[shared:count]:
        del file["weights"][key]
json.dump({name_of(index): key for index, key in enumerate(hashes[:count])}, sys.stdout)
