"""Python's view of a store, by its own hash: reads one request a line, {"path"} of an HDF5 file or {"endpoint", "bucket", "prefix",
"accessKeyId", "secretAccessKey"} of objects, and answers with one line each: {"good": [hash], "bad": [hash]} or {"error": text}."""
import gzip, io, json, sys
import h5py, numpy, xxhash

def digest(array):
    return xxhash.xxh3_64(str(array.shape).encode() + array.dtype.name.encode() + array.tobytes()).hexdigest()

def arrays_of_file(path):
    with h5py.File(path, "r") as file:
        for key, dataset in file["weights"].items():
            yield key, lambda: numpy.asarray(dataset[()])

clients = {}
def arrays_of_bucket(ask):
    import boto3
    where = (ask["endpoint"], ask["accessKeyId"])
    if where not in clients:
        clients[where] = boto3.client("s3", endpoint_url=ask["endpoint"], region_name="us-east-1",
                                      aws_access_key_id=ask["accessKeyId"], aws_secret_access_key=ask["secretAccessKey"])
    s3 = clients[where]
    def load(key):
        answer = s3.get_object(Bucket=ask["bucket"], Key=key)
        body = answer["Body"].read()
        if answer["Metadata"].get("compression", "none") == "gzip":
            body = gzip.decompress(body)
        return numpy.load(io.BytesIO(body))["data"]
    for item in s3.list_objects_v2(Bucket=ask["bucket"], Prefix=ask["prefix"] + "weights/").get("Contents", []):
        yield item["Key"].split("/")[-1][:-4], lambda: load(item["Key"])

def check(ask):
    good, bad = [], []
    for key, load in arrays_of_file(ask["path"]) if "path" in ask else arrays_of_bucket(ask):
        try:
            (good if digest(load()) == key else bad).append(key)
        except Exception as error:
            bad.append(f"{key} ({error})")
    return {"good": good, "bad": bad}

for line in sys.stdin:
    try:
        answer = check(json.loads(line))
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
