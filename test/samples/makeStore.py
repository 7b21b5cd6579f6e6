"""Writes a store of COUNT seeded float32 weights of BYTES bytes each to PATH, as the Python tool would; prints their names and hashes as JSON."""
import json
import sys

import h5py
import numpy
import xxhash

path, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random = numpy.random.default_rng(2026)
shape = (size // 4 // 32, 32)
names = {}
with h5py.File(path, "w") as file:
    weights = file.create_group("weights")
    file.create_group("metadata")
    file.create_group("deltas")
    for index in range(count):
        data = random.standard_normal(shape, dtype=numpy.float32) * numpy.float32(0.02)
        name = f"encoder.layers.{index // 16}.part{index % 16}.weight"
        key = xxhash.xxh3_64(f"{shape}float32".encode() + data.tobytes()).hexdigest()
        dataset = weights.create_dataset(key, data=data, compression="gzip", compression_opts=4)
        attributes = {"name": name, "dtype": "float32", "layer_type": "", "model_name": "", "compression_info": "{}", "hash": key}
        for attribute, value in attributes.items():
            dataset.attrs[attribute] = value
        dataset.attrs["shape"] = numpy.array(shape)
        names[name] = key
json.dump(names, sys.stdout)
