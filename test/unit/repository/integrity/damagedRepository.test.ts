import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { checkRepository } from '../../../../src/core/repository/integrity/checkRepository';
import type { Depth, Finding, IntegrityReport } from '../../../../src/core/repository/integrity/integrityReport';
import { Repository } from '../../../../src/core/repository/repository';
import { copyFixture } from '../../support/fixtures';
import { missingPython } from '../../storage/hdf5/python';
import { cutChunk, editJson, eraseHeader, flipBit, withH5py } from './damage';

type Expected = Pick<Finding, 'severity' | 'subject' | 'fault' | 'mend'> & { readonly hash?: string; readonly name?: string; readonly says: RegExp };

interface Case {
  readonly what: string;
  /** a repository without findings: the fixture to copy, and the repository in it */
  readonly fixture: 'basic' | 'branches' | 'staged' | 'deltas';
  /** `coral` is the folder .coral, `store` its weights.h5 */
  readonly damage: (coral: string, store: string) => void;
  /** all that is to be found, by a deep check */
  readonly finds: readonly Expected[];
  /** a shallow check finds nothing of it */
  readonly isDeep?: boolean;
}

const repositoryIn = { basic: 'repo', branches: 'repo', staged: 'repo', deltas: '.' };

const [bias, head] = ['b5adf40b90970f42', 'd317d6321f9320bf'];
const [delta, reference] = ['b646040bc57dce07', '78b708c8a7deb662'];
const [first, second] = ['6e61e928b019b540f3030f1891896f2a', '3f0e8ab64060fc339615fa92cf8b98a2'];

const error = { severity: 'error' } as const;
const damaged = { ...error, fault: 'damaged' } as const;
const missing = { ...error, fault: 'missing' } as const;
const byHand = { mend: 'hand' } as const;
const byFetching = { mend: 'fetch' } as const;

const cases: readonly Case[] = [
  {
    what: 'a bit flipped in a weight', fixture: 'basic', isDeep: true,
    damage: (_, store) => flipBit(store, `weights/${bias}`),
    finds: [{ ...damaged, subject: 'weight', hash: bias, name: 'encoder.bias', ...byFetching, says: /b5adf40b90970f42/ }],
  },
  {
    what: 'a chunk of a weight cut off', fixture: 'basic', isDeep: true,
    damage: (_, store) => cutChunk(store, `weights/${head}`),
    finds: [{ ...damaged, subject: 'weight', hash: head, name: 'head.weight', ...byFetching, says: /d317d6321f9320bf/ }],
  },
  {
    what: 'other values in a weight', fixture: 'basic', isDeep: true,
    damage: (_, store) => withH5py(store, `f['weights/${bias}'][3] = 1e9`),
    finds: [{ ...damaged, subject: 'weight', hash: bias, name: 'encoder.bias', ...byFetching, says: /its content hashes to [0-9a-f]{16}/ }],
  },
  {
    what: 'a weight whose header is overwritten', fixture: 'basic',
    damage: (_, store) => eraseHeader(store, `weights/${bias}`),
    finds: [{ ...damaged, subject: 'weight', hash: bias, name: 'encoder.bias', ...byFetching, says: /b5adf40b90970f42/ }],
  },
  {
    what: 'a delta whose header is overwritten', fixture: 'deltas',
    damage: (_, store) => eraseHeader(store, `deltas/${delta}`),
    finds: [{ ...damaged, subject: 'delta', hash: delta, ...byFetching, says: /b646040bc57dce07/ }],
  },
  {
    what: 'a weight without its shape', fixture: 'basic',
    damage: (_, store) => withH5py(store, `del f['weights/${bias}'].attrs['shape']`),
    finds: [{ ...error, fault: 'incomplete', subject: 'weight', hash: bias, name: 'encoder.bias', ...byFetching, says: /lacks the attributes/ }],
  },
  {
    what: 'a weight without its name', fixture: 'basic',
    damage: (_, store) => withH5py(store, `del f['weights/${bias}'].attrs['name']`),
    finds: [{ severity: 'warning', fault: 'damaged', subject: 'metadata', hash: bias, name: 'encoder.bias', ...byFetching, says: /no attribute "name"/ }],
  },
  {
    what: 'a wrong shape', fixture: 'basic',
    damage: (_, store) => withH5py(store, `f['weights/${bias}'].attrs['shape'] = np.array([4, 4])`),
    finds: [{ ...damaged, subject: 'weight', hash: bias, name: 'encoder.bias', ...byFetching, says: /has shape \(16\), its attribute says \(4, 4\)/ }],
  },
  {
    what: 'a wrong dtype', fixture: 'basic',
    damage: (_, store) => withH5py(store, `f['weights/${bias}'].attrs['dtype'] = 'int32'`),
    finds: [{ ...damaged, subject: 'weight', hash: bias, name: 'encoder.bias', ...byFetching, says: /its data is float32, its attribute says int32/ }],
  },
  {
    what: 'a wrong hash', fixture: 'basic',
    damage: (_, store) => withH5py(store, `f['weights/${bias}'].attrs['hash'] = '0000000000000000'`),
    finds: [{ ...damaged, subject: 'weight', hash: bias, name: 'encoder.bias', ...byFetching, says: /attribute "hash" says 0000000000000000/ }],
  },
  {
    what: 'a weight deleted', fixture: 'basic',
    damage: (_, store) => withH5py(store, `del f['weights/${bias}']`),
    finds: [{ ...missing, subject: 'weight', hash: bias, name: 'encoder.bias', ...byFetching, says: /commit [0-9a-f]{32} and 1 more names it/ }],
  },
  {
    what: 'a bit flipped in a delta', fixture: 'deltas', isDeep: true,
    damage: (_, store) => flipBit(store, `deltas/${delta}`),
    finds: [{ ...damaged, subject: 'delta', hash: delta, ...byFetching, says: /b646040bc57dce07/ }],
  },
  {
    what: 'a delta without its reference\'s hash', fixture: 'deltas',
    damage: (_, store) => withH5py(store, `del f['deltas/${delta}'].attrs['reference_hash']`),
    finds: [{ ...error, fault: 'incomplete', subject: 'delta', hash: delta, ...byFetching, says: /lacks the attributes/ }],
  },
  {
    what: 'a delta for another shape', fixture: 'deltas',
    damage: (_, store) => withH5py(store, `f['deltas/${delta}'].attrs['original_shape'] = np.array([20, 24])`),
    finds: [{ ...damaged, subject: 'delta', hash: delta, ...byFetching, says: /it is for float32 \(20, 24\), but weight 78b708c8a7deb662, on which it is based, is float32 \(24, 20\)/ }],
  },
  {
    what: 'a delta deleted', fixture: 'deltas',
    damage: (_, store) => withH5py(store, `del f['deltas/${delta}']`),
    finds: [{ ...missing, subject: 'delta', hash: delta, name: 'b', ...byFetching, says: /names it for "b"/ }],
  },
  {
    what: 'the reference of a delta deleted', fixture: 'deltas',
    damage: (_, store) => withH5py(store, `del f['weights/${reference}']`),
    finds: [{ ...missing, subject: 'weight', hash: reference, name: 'a', ...byFetching, says: /and 2 more names it/ }],
  },
  {
    what: 'a commit with other content', fixture: 'basic',
    damage: (coral) => editJson(join(coral, `objects/commits/${first}.json`), (data) => { (data['metadata'] as Record<string, unknown>)['message'] = 'forged'; }),
    finds: [
      { ...damaged, subject: 'commit', hash: first, ...byFetching, says: /its content hashes to [0-9a-f]{32}/ },
    ],
  },
  {
    what: 'half a commit', fixture: 'basic',
    damage: (coral) => truncateSync(join(coral, `objects/commits/${second}.json`), 100),
    finds: [
      { ...damaged, subject: 'commit', hash: second, ...byFetching, says: /this is not JSON/ },
      { ...missing, subject: 'branch', hash: second, name: 'main', ...byFetching, says: /at commit 3f0e8ab64060fc339615fa92cf8b98a2, which is damaged/ },
    ],
  },
  {
    what: 'a commit deleted, whose child names it', fixture: 'basic',
    damage: (coral) => rmSync(join(coral, `objects/commits/${first}.json`)),
    finds: [{ ...missing, subject: 'commit', hash: first, ...byFetching, says: /names it as its parent/ }],
  },
  {
    what: 'a branch that leads nowhere', fixture: 'basic',
    damage: (coral) => editJson(join(coral, 'refs/heads/main'), (data) => { data['commit_hash'] = 'f'.repeat(32); }),
    finds: [{ ...missing, subject: 'branch', hash: 'f'.repeat(32), name: 'main', ...byFetching, says: /Branch "main" is at commit f{32}, which is not in this repository/ }],
  },
  {
    what: 'a damaged branch', fixture: 'branches',
    damage: (coral) => truncateSync(join(coral, 'refs/heads/dev'), 10),
    finds: [{ ...damaged, subject: 'branch', ...byHand, says: /refs\/heads\/dev, line \d/ }],
  },
  {
    what: 'HEAD at a branch without a file', fixture: 'branches',
    damage: (coral) => writeFileSync(join(coral, 'HEAD'), 'ref: refs/heads/gone'),
    finds: [{ ...missing, subject: 'HEAD', name: 'gone', ...byHand, says: /HEAD names the branch "gone"/ }],
  },
  {
    what: 'HEAD that names nothing', fixture: 'basic',
    damage: (coral) => writeFileSync(join(coral, 'HEAD'), 'main'),
    finds: [{ ...damaged, subject: 'HEAD', ...byHand, says: /neither a branch nor a commit is named here/ }],
  },
  {
    what: 'HEAD at a commit that is not there', fixture: 'basic',
    damage: (coral) => writeFileSync(join(coral, 'HEAD'), 'f'.repeat(32)),
    finds: [{ ...missing, subject: 'HEAD', hash: 'f'.repeat(32), name: 'HEAD', ...byFetching, says: /is at commit f{32}/ }],
  },
  {
    what: 'a version that leads nowhere', fixture: 'branches',
    damage: (coral) => writeVersion(coral, 'v9', 'f'.repeat(32)),
    finds: [{ ...missing, subject: 'version', hash: 'f'.repeat(32), name: 'v9', ...byFetching, says: /Version "v9" is at commit f{32}, which is not in this repository/ }],
  },
  {
    what: 'a version of another commit than its id says', fixture: 'branches',
    damage: (coral) => editJson(join(coral, 'versions/b400b65986853ea9.json'), (data) => { data['commit_hash'] = 'ec408be61c5e9f745cd8892dd2806d75'; }),
    finds: [{ ...damaged, subject: 'version', hash: 'b400b65986853ea9', ...byFetching, says: /its id is not that of its name and commit/ }],
  },
  {
    what: 'damaged staging', fixture: 'staged',
    damage: (coral) => truncateSync(join(coral, 'staging/staged.json'), 40),
    finds: [{ ...damaged, subject: 'staging', ...byHand, says: /staged\.json, line \d/ }],
  },
  {
    what: 'staging that names a weight which is not there', fixture: 'staged',
    damage: (_, store) => withH5py(store, `del f['weights/${bias}']`),
    finds: [{ ...missing, subject: 'weight', hash: bias, name: 'encoder.bias', ...byFetching, says: /but staging names it/ }],
  },
  {
    what: 'a remote\'s branch that was seen at a commit which is not here', fixture: 'basic',
    damage: (coral) => {
      mkdirSync(join(coral, 'refs/remotes/origin'), { recursive: true });
      writeFileSync(join(coral, 'refs/remotes/origin/main'), `{"name": "main", "commit_hash": "${'f'.repeat(32)}", "parent_branch": null}`);
    },
    finds: [{ severity: 'warning', fault: 'missing', subject: 'branch', hash: 'f'.repeat(32), name: 'origin/main', ...byFetching, says: /"origin\/main" is at commit f{32}/ }],
  },
  {
    what: 'a damaged remotes.json', fixture: 'basic',
    damage: (coral) => truncateSync(join(coral, 'remotes.json'), 20),
    finds: [{ ...damaged, subject: 'remotes', ...byHand, says: /remotes\.json, line \d/ }],
  },
  {
    what: 'a store that is cut off: one finding, not one a weight', fixture: 'basic',
    damage: (_, store) => truncateSync(store, 3000),
    finds: [{ ...damaged, subject: 'store', ...byFetching, says: /is cut off: it holds 3000 of \d+ bytes/ }],
  },
  {
    what: 'files and datasets of others', fixture: 'basic',
    damage: (coral, store) => {
      writeFileSync(join(coral, 'notes.txt'), '');
      withH5py(store, "f['weights/mine'] = 1");
    },
    finds: [
      { severity: 'remark', subject: 'file', fault: 'unknown', ...byHand, says: /"\/weights\/mine", which is not Coral's/ },
      { severity: 'remark', subject: 'file', fault: 'unknown', ...byHand, says: /notes\.txt is not a file that Coral knows/ },
    ],
  },
];

describe('an integrity check of a damaged repository', function () {
  this.timeout(30_000);
  before(function () {
    const reason = missingPython();
    if (reason === undefined) return;
    this.test!.title += ` (skipped: ${reason})`;
    this.skip();
  });

  for (const { what, fixture, damage, finds, isDeep = false } of cases) {
    it(what, async () => {
      const root = join(await copyFixture(fixture === 'deltas' ? 'deltas/stage-compressed' : fixture), repositoryIn[fixture]);
      const coral = join(root, '.coral');
      damage(coral, join(coral, 'objects/weights.h5'));
      const check = async (depth: Depth): Promise<IntegrityReport> => checkRepository(await Repository.open(root), { depth });
      assertFinds(await check('deep'), finds);
      assertFinds(await check('shallow'), isDeep ? [] : finds);
    });
  }
});

function assertFinds({ findings }: IntegrityReport, expected: readonly Expected[]): void {
  const facts = ({ severity, subject, fault, hash, name, mend }: Finding | Expected): object => ({ severity, subject, fault, hash, name, mend });
  assert.deepEqual(findings.map(facts), expected.map(facts), JSON.stringify(findings, null, 2));
  findings.forEach(({ message }, i) => assert.match(message, expected[i]!.says));
}

function writeVersion(coral: string, name: string, commit: string): void {
  const id = createHash('sha256').update(`${name}:${commit}`).digest('hex').slice(0, 16);
  writeFileSync(join(coral, `versions/${id}.json`), JSON.stringify({ version_id: id, commit_hash: commit, name, description: null, metrics: null }));
}
