"""Writes HDF5 stores of seeded float32 weights as the Python tool would: makeStores.py PATH SEED:SIZE[,SEED:SIZE...] [PATH ...].
Prints {path: {hash: bytes}} as JSON. The same seed and size give the same weight."""
import json
import sys

import h5py
import numpy
import xxhash

out = {}
for path, spec in zip(sys.argv[1::2], sys.argv[2::2]):
    out[path] = {}
    with h5py.File(path, "w") as file:
        for group in ("weights", "metadata", "deltas"):
            file.create_group(group)
        for entry in filter(None, spec.split(",")):
            seed, size = map(int, entry.split(":"))
            data = numpy.random.default_rng(seed).standard_normal((size // 16, 4), dtype=numpy.float32)
            key = xxhash.xxh3_64(f"{data.shape}float32".encode() + data.tobytes()).hexdigest()
            dataset = file["weights"].create_dataset(key, data=data, compression="gzip", compression_opts=4)
            attributes = {"name": f"layer{seed}.weight", "dtype": "float32", "layer_type": "", "model_name": "", "compression_info": "{}", "hash": key}
            for attribute, value in attributes.items():
                dataset.attrs[attribute] = value
            dataset.attrs["shape"] = numpy.array(data.shape)
            out[path][key] = size
json.dump(out, sys.stdout)
