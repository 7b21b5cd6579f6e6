import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { agents, reachedDirectly } from '../../../../src/core/storage/objects/agents';

describe('agents', () => {
  it('reach the hosts of noProxy, and this computer, without the proxy', () => {
    const direct = (url: string, ...noProxy: string[]): boolean => reachedDirectly(new URL(url), noProxy);
    assert.equal(direct('https://s3.example.com'), false);
    assert.equal(direct('https://s3.example.com', 'example.com'), true);
    assert.equal(direct('https://s3.example.com', '.EXAMPLE.com '), true);
    assert.equal(direct('https://s3.example.com', '*.example.com'), true);
    assert.equal(direct('https://notexample.com', 'example.com'), false);
    assert.equal(direct('https://s3.example.com', '*'), true);
    assert.equal(direct('https://s3.example.com:9000', 's3.example.com:9000'), true);
    assert.equal(direct('https://s3.example.com', 's3.example.com:9000'), false);
    assert.equal(direct('https://s3.example.com', 's3.example.com:443'), true);
    assert.equal(direct('http://10.0.0.1:9000', '10.0.0.1'), true);
    assert.equal(direct('http://10.0.0.1:9000', '0.1', ''), false);
    assert.equal(direct('http://[fe80::1]:9000', 'fe80::1'), true);
    for (const own of ['http://localhost:9000', 'http://127.0.0.1:1', 'http://127.1.2.3', 'http://[::1]:9000']) assert.equal(direct(own), true, own);
  });

  it('keep connections, as many as they may', () => {
    for (const proxy of [undefined, 'http://proxy:3128']) {
      const { httpAgent, httpsAgent } = agents({ proxy }, new URL('https://s3.example.com'), 7);
      assert.deepEqual([httpAgent.maxSockets, httpsAgent.maxSockets], [7, 7]);
    }
  });
});
