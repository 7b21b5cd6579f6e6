import assert from 'node:assert/strict';
import type { Reason } from '../../src/core/base/errors';
import { connect } from '../../src/core/storage/objects/connect';
import { defaultPolicy } from '../../src/core/storage/objects/decorators/retrying';
import { type Fault, startFaultProxy } from '../servers/faultProxy';
import { freePort } from '../servers/freePort';
import { type Claim, Tally } from './claim';
import { Bucket } from './world';

const answer = (status: number, code: string, headers: Record<string, string> = {}): Fault =>
  ({ kind: 'answer', status, headers, body: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>` });

interface Case { readonly what: string; readonly fault: Fault; readonly reason: Reason; readonly tries: number; readonly says: RegExp }

/** What a server or the way to it may do for ever, what is made of it, and after how many tries. */
const cases: readonly Case[] = [
  { what: 'a reset', fault: { kind: 'reset' }, reason: 'network', tries: 8, says: /connection reset/ },
  { what: 'no answer', fault: { kind: 'stall', afterBytes: -1 }, reason: 'network', tries: 8, says: /No answer/ },
  { what: '429', fault: answer(429, 'TooManyRequests'), reason: 'network', tries: 8, says: /busy/ },
  { what: '503', fault: answer(503, 'SlowDown'), reason: 'network', tries: 8, says: /busy/ },
  { what: '503 with Retry-After: 1', fault: answer(503, 'SlowDown', { 'retry-after': '1' }), reason: 'network', tries: 8, says: /busy/ },
  { what: '503 with Retry-After: 3600', fault: answer(503, 'SlowDown', { 'retry-after': '3600' }), reason: 'network', tries: 1, says: /busy/ },
  { what: '403 AccessDenied', fault: answer(403, 'AccessDenied'), reason: 'denied', tries: 1, says: /permission/ },
  { what: '403 InvalidAccessKeyId', fault: answer(403, 'InvalidAccessKeyId'), reason: 'auth', tries: 1, says: /credentials/ },
  { what: 'clock skew', fault: answer(403, 'RequestTimeTooSkewed'), reason: 'auth', tries: 1, says: /clock/ },
];

export const network: Claim = {
  id: 'R9',
  says: 'what a network does is named rightly: at most 8 tries, Retry-After obeyed, none again on refused credentials',
  short: cases.length + 2,
  full: cases.length + 2,
  async run(_tries, { sabotage }) {
    const tally = new Tally();
    const bucket = await Bucket.create();
    if (bucket === undefined) return tally.outcome(undefined, 'no S3 server');
    const proxy = await startFaultProxy(bucket.server.endpoint);
    // The number of tries is the usual one; the waits are short, as are 30 s of silence.
    const open = (endpointUrl: string, stallMs: number): ReturnType<typeof connect> =>
      connect({ backend: 's3', bucket: bucket.name, endpointUrl }, { credentials: bucket.server, retry: { firstWait: 1, maxWait: 5 }, stallMs });
    const fails = async (endpoint: string, reason: Reason, says: RegExp, stallMs = 10_000): Promise<void> => {
      const store = await open(endpoint, stallMs);
      await assert.rejects(store.put('key', Buffer.of(1)), (error: Error & { reason?: string }) => {
        assert.equal(error.reason, reason);
        assert.match(error.message, says);
        return true;
      });
      store.close();
    };
    for (const { what, fault, reason, tries, says } of cases) {
      await tally.attempt(what, async () => {
        proxy.log.length = 0;
        proxy.fault = () => fault;
        const began = performance.now();
        await fails(proxy.endpoint, sabotage ? 'full' : reason, says, fault.kind === 'stall' ? 500 : undefined);
        assert.equal(proxy.log.length, tries);
        if (what.endsWith('Retry-After: 1')) assert.ok(performance.now() - began >= 7_000 - 50, 'it did not wait as long as it was asked to');
      });
    }
    await tally.attempt('a name that nobody knows', () => fails('http://s3.invalid', 'network', /s3\.invalid/));
    await tally.attempt('a port where nobody listens', async () => fails(`http://127.0.0.1:${await freePort()}`, 'network', /connection refused/));
    await proxy.close();
    return tally.outcome(`waits up to ${defaultPolicy.maxWait / 1000} s in use, 5 ms here`);
  },
};
