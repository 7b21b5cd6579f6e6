/**
 * XXH3-64, seed 0, of bytes in memory, after the public specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). Only for
 * `Weight.from`, which is synchronous: hash-wasm is ten times faster but can only be created asynchronously.
 */
export function xxh3(data: Uint8Array): bigint {
  const { length } = data;
  const input = new DataView(data.buffer, data.byteOffset, length);
  if (length > 240) return long(data, input);
  if (length > 128) return upTo240(input);
  if (length > 16) return upTo128(input);
  if (length > 8) return upTo16(input);
  if (length > 3) return upTo8(input);
  return length > 0 ? upTo3(input) : finish64(secret64(56) ^ secret64(64));
}

/** The default secret of the specification. */
const secretHex = 'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221'
  + 'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8'
  + 'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb'
  + '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e';
const secret = new DataView(Uint8Array.from(secretHex.match(/../g) ?? [], (pair) => parseInt(pair, 16)).buffer);
const secret64 = (at: number): bigint => secret.getBigUint64(at, true);

const p32 = [0x9e3779b1n, 0x85ebca77n, 0xc2b2ae3dn] as const;
const p64 = [0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n, 0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n] as const;

const low64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => low64(value << by) | (value >> (64n - by));
/** The 128-bit product, its halves xored. */
const fold = (a: bigint, b: bigint): bigint => { const product = a * b; return low64(product) ^ (product >> 64n); };

function finish(hash: bigint): bigint {
  const mixed = low64((hash ^ (hash >> 37n)) * 0x165667919e3779f9n);
  return mixed ^ (mixed >> 32n);
}

function finish64(hash: bigint): bigint {
  const once = low64((hash ^ (hash >> 33n)) * p64[1]);
  const twice = low64((once ^ (once >> 29n)) * p64[2]);
  return twice ^ (twice >> 32n);
}

function upTo3(input: DataView): bigint {
  const length = input.byteLength;
  const bytes = (input.getUint8(0) << 16) | (input.getUint8(length >> 1) << 24) | input.getUint8(length - 1) | (length << 8);
  return finish64(BigInt((bytes ^ secret.getUint32(0, true) ^ secret.getUint32(4, true)) >>> 0));
}

function upTo8(input: DataView): bigint {
  const length = input.byteLength;
  const both = BigInt(input.getUint32(length - 4, true)) | (BigInt(input.getUint32(0, true)) << 32n);
  const keyed = both ^ secret64(8) ^ secret64(16);
  const once = low64((keyed ^ rotate(keyed, 49n) ^ rotate(keyed, 24n)) * 0x9fb21c651e98df25n);
  const twice = low64((once ^ ((once >> 35n) + BigInt(length))) * 0x9fb21c651e98df25n);
  return twice ^ (twice >> 28n);
}

function upTo16(input: DataView): bigint {
  const length = input.byteLength;
  const first = input.getBigUint64(0, true) ^ secret64(24) ^ secret64(32);
  const last = input.getBigUint64(length - 8, true) ^ secret64(40) ^ secret64(48);
  const swapped = new DataView(new ArrayBuffer(8));
  swapped.setBigUint64(0, first, true);
  return finish(low64(BigInt(length) + swapped.getBigUint64(0) + last + fold(first, last)));
}

function mix16(input: DataView, at: number, secretAt: number): bigint {
  return fold(input.getBigUint64(at, true) ^ secret64(secretAt), input.getBigUint64(at + 8, true) ^ secret64(secretAt + 8));
}

function upTo128(input: DataView): bigint {
  const length = input.byteLength;
  let hash = BigInt(length) * p64[0];
  for (let pair = Math.ceil(length / 32) - 1; pair >= 0; pair -= 1) {
    hash += mix16(input, 16 * pair, 32 * pair) + mix16(input, length - 16 * (pair + 1), 32 * pair + 16);
  }
  return finish(low64(hash));
}

function upTo240(input: DataView): bigint {
  const length = input.byteLength;
  let hash = BigInt(length) * p64[0];
  for (let i = 0; i < 8; i += 1) hash += mix16(input, 16 * i, 16 * i);
  hash = finish(low64(hash));
  for (let i = 8; i < length >> 4; i += 1) hash += mix16(input, 16 * i, 16 * (i - 8) + 3);
  return finish(low64(hash + mix16(input, length - 16, 119)));
}

const stripe = 64;
const stripesPerBlock = 16;

function long(data: Uint8Array, input: DataView): bigint {
  const { length } = data;
  const lanes = BigUint64Array.of(p32[2], p64[0], p64[1], p64[2], p64[3], p32[1], p64[4], p32[0]);
  const halves = new Uint32Array(lanes.buffer);
  const stripes = Math.floor((length - 1) / stripe);
  for (let i = 0; i < stripes; i += 1) {
    const inBlock = i % stripesPerBlock;
    accumulate(halves, input, i * stripe, inBlock * 8);
    if (inBlock === stripesPerBlock - 1) scramble(lanes);
  }
  accumulate(halves, input, length - stripe, 121);
  let hash = BigInt(length) * p64[0];
  for (let i = 0; i < 8; i += 2) hash += fold((lanes[i] ?? 0n) ^ secret64(11 + 8 * i), (lanes[i + 1] ?? 0n) ^ secret64(19 + 8 * i));
  return finish(low64(hash));
}

function scramble(lanes: BigUint64Array): void {
  lanes.forEach((lane, i) => { lanes[i] = (lane ^ (lane >> 47n) ^ secret64(128 + 8 * i)) * p32[0]; });
}

/** One stripe into the eight lanes, as 32-bit halves (low, high): BigInt would be far slower here, and this is where the bytes go. */
function accumulate(halves: Uint32Array, input: DataView, at: number, secretAt: number): void {
  for (let lane = 0; lane < 8; lane += 1) {
    const low = input.getUint32(at + 8 * lane, true);
    const high = input.getUint32(at + 8 * lane + 4, true);
    add(halves, lane ^ 1, low, high);
    const a = (low ^ secret.getUint32(secretAt + 8 * lane, true)) >>> 0;
    const b = (high ^ secret.getUint32(secretAt + 8 * lane + 4, true)) >>> 0;
    add(halves, lane, Math.imul(a, b) >>> 0, highProduct(a, b));
  }
}

function add(halves: Uint32Array, lane: number, low: number, high: number): void {
  const sum = (halves[2 * lane] ?? 0) + low;
  halves[2 * lane] = sum;
  halves[2 * lane + 1] = (halves[2 * lane + 1] ?? 0) + high + (sum > 0xffffffff ? 1 : 0);
}

/** The upper 32 bits of a 32 by 32 bit product. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + (((middle & 0xffff) + aLow * bHigh) / 0x10000 >>> 0);
}
