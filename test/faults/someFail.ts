import assert from 'node:assert/strict';
import { type Fault, startFaultProxy } from '../servers/faultProxy';
import { type Claim, Tally } from './claim';
import { checkHolds } from './kills';
import { Bucket, makeTemplate, World } from './world';

export const someFail: Claim = {
  id: 'R10',
  says: 'when n of N weights fail, N - n arrive, and trying again sends the n',
  short: 50,
  full: 1000,
  async run(count, { sabotage }) {
    const tally = new Tally();
    const bucket = await Bucket.create();
    if (bucket === undefined) return tally.outcome(undefined, 'no S3 server');
    // Each weight is a try; there are always some that fail and some that do not.
    const weights = Math.max(10, count);
    const failing = Math.max(3, Math.round((weights * 37) / 1000));
    const template = await makeTemplate(Array.from({ length: weights }, (_, seed) => ({ seed, bytes: 256 })), []);
    const bad = new Set(template.local.filter((_, i) => i % Math.floor(weights / failing) === 0).slice(0, failing));
    const at = bucket.freshPrefix();
    const proxy = await startFaultProxy(at.endpoint);
    const world = await World.withBucket(template, at, proxy.endpoint);
    const refusal: Fault = { kind: 'answer', status: 400, body: '<?xml version="1.0"?><Error><Code>InvalidRequest</Code></Error>' };
    await tally.attempt(`N = ${weights}, n = ${failing}`, async () => {
      proxy.fault = ({ method, path }) => (method === 'PUT' && bad.has(/weights\/(\w+)\.npz/.exec(path)?.[1] ?? '') ? refusal : undefined);
      const first = await world.repository.push('origin');
      assert.deepEqual([first.pushedWeights, first.errors.map(({ hash }) => hash).sort()], [weights - failing, [...bad].sort()]);
      proxy.fault = () => undefined;
      proxy.log.length = 0;
      const again = await world.repository.push('origin', { weightHashes: first.errors.map(({ hash }) => hash!).slice(sabotage ? 1 : 0) });
      assert.deepEqual([again.pushedWeights, again.errors], [failing, []]);
      assert.equal(proxy.log.filter(({ method, path }) => method === 'PUT' && path.includes('/weights/')).length, failing);
      checkHolds(await world.lookThere(), template.local, 'the remote', sabotage);
    });
    await proxy.close();
    await world.remove();
    await bucket.clear(at.prefix);
    return { ...tally.outcome(`n = ${failing}`), tries: weights };
  },
};
