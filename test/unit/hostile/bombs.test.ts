import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';

interface Outcome { readonly reason?: string; readonly message?: string; readonly grownMB: number }

const cases: readonly (readonly [what: string, input: string, reason: string, message: RegExp])[] = [
  ['4 GiB of zeros behind a small array, in gzip', 'gzip', 'unsupported', /More than 67108864 bytes follow the array/],
  ['an array that claims 8 PB and holds 32 bytes', 'array', 'corrupt', /no array can have the shape/],
  ['ten million keys', 'keys', 'unsupported', /lists more than 1000000 weights/],
  ['4 GiB of metadata', 'metadata', 'corrupt', /it is no npz file/],
  ['4 GiB of refs.json', 'refs', 'corrupt', /a list of branches is never that long/],
  ['1 GiB of remotes.json', 'file', 'corrupt', /remotes\.json has 1073741824 bytes/],
];

describe('what is far larger than it should be', function () {
  this.timeout(60_000);
  for (const [what, input, reason, message] of cases) {
    it(`is refused with at most 256 MB of memory: ${what}`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [resolve('out/test/unit/hostile/bombChild.mjs'), input]);
      const outcome = JSON.parse(stdout) as Outcome;
      assert.equal(outcome.reason, reason, stdout);
      assert.match(String(outcome.message), message);
      assert.ok(outcome.grownMB <= 256, `took ${outcome.grownMB} MB`);
    });
  }
});
