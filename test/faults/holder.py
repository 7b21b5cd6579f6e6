"""A Python program that works on a store while others do: holder.py PATH SECONDS SEED. For so long it opens the file again and again, to
write a dataset of its own or only to read, and holds it for up to 300 ms. Prints the keys of what it wrote and what it could not read."""
import json, random, sys, time
import h5py, numpy, xxhash

path, seconds, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
end = time.time() + seconds
written, broken, met, read = [], [], 0, 0
print("ready", flush=True)
while time.time() < end:
    write = chance.random() < 0.5
    try:
        file = h5py.File(path, "a" if write else "r")
    except OSError as error:
        # What the Python tool meets while somebody else writes; it would say so and be run again.
        if "unable to lock file" not in str(error) and "Unable to open file" not in str(error):
            broken.append(str(error))
        met += 1
        time.sleep(0.01)
        continue
    try:
        with file:
            if write:
                data = numpy.random.default_rng(seed * 1000 + len(written)).standard_normal((5, 4), dtype=numpy.float32)
                key = xxhash.xxh3_64(f"{data.shape}float32".encode() + data.tobytes()).hexdigest()
                dataset = file["weights"].create_dataset(key, data=data, compression="gzip", compression_opts=4)
                for name, value in {"name": "python", "dtype": "float32", "layer_type": "", "model_name": "", "compression_info": "{}", "hash": key}.items():
                    dataset.attrs[name] = value
                dataset.attrs["shape"] = numpy.array(data.shape)
            else:
                for key, dataset in file["weights"].items():
                    if xxhash.xxh3_64(str(dataset.shape).encode() + b"float32" + dataset[()].tobytes()).hexdigest() != key:
                        broken.append(key)
                read += 1
            time.sleep(chance.random() * 0.3)
        if write:
            written.append(key)
    except Exception as error:
        broken.append(f"{type(error).__name__}: {error}")
    time.sleep(chance.random() * 0.1)
print(json.dumps({"written": written, "broken": broken, "read": read, "met": met}), flush=True)
