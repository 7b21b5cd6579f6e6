import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { throwIfCancelled } from '../../base/errors';
import { writeAll } from './durable';
import { spoolPath } from './spools';

/** The bytes of a tensor (C order, stored byte order), collected and known to be right, waiting to be written. */
export interface Payload {
  readonly byteLength: number;
  /** Fills `target` with what starts at `position`. */
  read(target: Uint8Array, position: number): void;
  dispose(): void;
}

/** Larger tensors wait in a file, and so do smaller ones when this much is waiting in memory already. */
const maxInMemory = 16 * 1024 * 1024;
const memoryBudget = 64 * 1024 * 1024;
let inMemory = 0;

/** Collects the blocks, in memory or in a file beside `path`. Rejects, and keeps nothing, when the blocks do. */
export async function collect(path: string, byteLength: number, blocks: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Payload> {
  const small = byteLength <= maxInMemory && inMemory + byteLength <= memoryBudget;
  const payload = small ? new MemoryPayload(byteLength) : new SpooledPayload(path, byteLength);
  try {
    let position = 0;
    for await (const block of blocks) {
      throwIfCancelled(signal);
      payload.write(block, position);
      position += block.byteLength;
    }
    return payload;
  } catch (error) {
    payload.dispose();
    throw error;
  }
}

class MemoryPayload implements Payload {
  readonly byteLength: number;
  readonly #bytes: Uint8Array;

  constructor(byteLength: number) {
    this.byteLength = byteLength;
    this.#bytes = new Uint8Array(byteLength);
    inMemory += byteLength;
  }

  write(block: Uint8Array, position: number): void {
    this.#bytes.set(block, position);
  }

  read(target: Uint8Array, position: number): void {
    target.set(this.#bytes.subarray(position, position + target.byteLength));
  }

  dispose(): void {
    inMemory -= this.byteLength;
  }
}

class SpooledPayload implements Payload {
  readonly byteLength: number;
  readonly #file: string;
  readonly #fd: number;

  constructor(path: string, byteLength: number) {
    this.byteLength = byteLength;
    spooled += 1;
    this.#file = spoolPath(path, spooled);
    this.#fd = openSync(this.#file, 'wx+');
  }

  write(block: Uint8Array, position: number): void {
    writeAll(this.#fd, block, position);
  }

  read(target: Uint8Array, position: number): void {
    for (let done = 0; done < target.byteLength;) {
      const more = readSync(this.#fd, target, done, target.byteLength - done, position + done);
      if (more === 0) throw new Error(`${this.#file} is shorter than it was written`);
      done += more;
    }
  }

  dispose(): void {
    closeSync(this.#fd);
    rmSync(this.#file, { force: true });
  }
}

let spooled = 0;

const sampleBytes = 64 * 1024;
/** An HDF5 chunk comes with an index of 2 to 3 kB: less than this is not worth it. */
const smallestSaving = 4096;

/** Whether gzip would make it at least 15 % (and 4 kB) smaller, judged by three samples: trained float32 mostly saves 7 %. */
export function gzipPays(payload: Payload): boolean {
  const { byteLength } = payload;
  if (byteLength < 2 * smallestSaving) return false;
  const length = Math.min(sampleBytes, byteLength);
  const starts = byteLength <= 3 * sampleBytes ? [0] : [0, Math.floor((byteLength - length) / 2), byteLength - length];
  let packed = 0;
  for (const start of starts) {
    const sample = new Uint8Array(length);
    payload.read(sample, start);
    packed += deflateSync(sample, { level: 4 }).byteLength;
  }
  const ratio = packed / (length * starts.length);
  return ratio <= 0.85 && byteLength * (1 - ratio) >= smallestSaving;
}
