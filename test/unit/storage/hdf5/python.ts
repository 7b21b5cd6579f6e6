import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Why these tests cannot run here; undefined when they can. */
export function missingPython(): string | undefined {
  try {
    execFileSync(interpreter, ['-c', 'import h5py, numpy']);
    return undefined;
  } catch {
    return 'no h5py';
  }
}

/** Runs a script, which finds its arguments in sys.argv[1:], and returns what it printed, parsed as JSON. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what its script prints
export function python<T>(script: string, ...args: string[]): T {
  return JSON.parse(execFileSync(interpreter, ['-c', script, ...args], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })) as T;
}

/** What h5py finds under /weights. */
export interface Seen {
  dtype: string;
  shape: number[];
  /** the datatype message, in hex */
  type: string;
  data: string;
  chunks: number[] | null;
  compression: string | null;
  level: number | null;
  attributes: Record<string, string | number[]>;
  shapeType: string;
}

const dump = `
import h5py, json, sys, numpy as np
out = {}
with h5py.File(sys.argv[1], 'r') as f:
    for key, d in f['weights'].items():
        attributes = {k: (v.tolist() if isinstance(v, np.ndarray) else v) for k, v in d.attrs.items()}
        out[key] = dict(dtype=d.dtype.str, shape=list(d.shape), type=d.id.get_type().encode().hex(), data=np.asarray(d[()]).tobytes().hex(),
            chunks=d.chunks, compression=d.compression, level=d.compression_opts, attributes=attributes, shapeType=str(d.attrs['shape'].dtype))
print(json.dumps(out))
`;
import { python as interpreter } from '../../../python/python.mjs';

export function h5pyDump(path: string): Record<string, Seen> {
  return python(dump, path);
}

/** Holds the file open in h5py until `release`. */
export async function hold(path: string, mode: 'a' | 'r'): Promise<{ pid: number; release: () => Promise<void> }> {
  const script = 'import h5py, sys\nf = h5py.File(sys.argv[1], sys.argv[2])\nprint("open", flush=True)\nsys.stdin.read()\nf.close()';
  const child = spawn(interpreter, ['-c', script, path, mode], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    release: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** "ok", or what h5py says when it opens the file. */
export function h5pyOpens(path: string, mode: 'a' | 'r'): string {
  const script = 'import h5py, json, sys\ntry:\n  h5py.File(sys.argv[1], sys.argv[2]).close(); print(json.dumps("ok"))\nexcept OSError as e:\n  print(json.dumps(str(e)))';
  return python<string>(script, path, mode);
}
