import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { storedText } from '../../../src/webview/weightText';
import type { WeightFacts } from '../../../src/worker/protocol/details';

const facts: WeightFacts = { hash: '78b708c8a7deb662', names: ['a'], isLocal: true, compression: 'gzip', byteLength: 32_768, commits: [], otherVersions: [], remotes: [] };

describe('the page of a weight says how it is stored', () => {
  for (const [what, given, text] of [
    ['smaller', { storedBytes: 12_452 }, 'in weights.h5, gzip, 12.5 kB (38 % of raw)'],
    ['larger', { byteLength: 64, storedBytes: 75 }, 'in weights.h5, gzip, 75 bytes (117.2 % of raw)'],
    ['as it is', { compression: 'not compressed', storedBytes: 32_768 }, 'in weights.h5, not compressed, 32.8 kB'],
    ['without elements', { byteLength: 0, storedBytes: 0 }, 'in weights.h5, gzip, 0 bytes'],
    ['in a file of unknown layout', {}, 'in weights.h5, gzip'],
    ['as a delta', { delta: { hash: 'b646040bc57dce07', referenceHash: '78b708c8a7deb662', type: 'compressed' }, storedBytes: 16_384 }, 'as a delta (compressed) of weight 78b708c8a7deb662, 16.4 kB (50 % of raw)'],
    ['elsewhere', { isLocal: false, compression: undefined }, 'not in this repository'],
  ] as const) it(what, () => assert.equal(storedText({ ...facts, ...given }), text));
});
