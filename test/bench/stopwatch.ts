export interface Measured<T> {
  readonly seconds: number;
  readonly value: T;
}

export async function timed<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const began = performance.now();
  const value = await work();
  return { seconds: (performance.now() - began) / 1000, value };
}

/** The middle of an odd number of runs. */
export async function median(runs: number, work: () => Promise<number>): Promise<number> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) seconds.push(await work());
  return seconds.sort((a, b) => a - b)[runs >> 1]!;
}

/** The largest resident memory of this process while `work` runs, in MB, sampled every 20 ms. */
export async function peakMemory<T>(work: () => Promise<T>): Promise<{ readonly peak: number; readonly value: T }> {
  let peak = 0;
  const sample = (): void => { peak = Math.max(peak, process.memoryUsage.rss() / 1e6); };
  const timer = setInterval(sample, 20);
  try {
    return { value: await work(), get peak() { return peak; } };
  } finally {
    sample();
    clearInterval(timer);
  }
}
