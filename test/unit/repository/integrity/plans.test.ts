import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isNeeded, neededBy } from '../../../../src/core/repository/integrity/needed';
import { splitItems } from '../../../../src/core/repository/integrity/prunePlan';
import { planRepair, type Source } from '../../../../src/core/repository/integrity/repairPlan';
import type { Finding, IntegrityReport } from '../../../../src/core/repository/integrity/integrityReport';
import type { SurveyedItem } from '../../../../src/core/storage/survey';
import { randomNumbers } from '../../../samples/tensors';

describe('what a prune may take', () => {
  it('is never what a commit, staging or a delta in use names, and nothing young: 1,000 random repositories', () => {
    const random = randomNumbers(14);
    const hashes = (prefix: string): string[] => Array.from({ length: 1 + Math.floor(random() * 20) }, (_, i) => `${prefix}${i}`);
    for (let round = 0; round < 1_000; round += 1) {
      const [weights, deltas] = [hashes('w'), hashes('d')];
      const some = (from: readonly string[]): Record<string, string> => Object.fromEntries(from.filter(() => random() < 0.15).map((hash, i) => [`name${i}`, hash]));
      const commits = Array.from({ length: Math.floor(random() * 4) }, () => ({ weightHashes: some(weights), deltaWeights: some(deltas) }));
      const staged = random() < 0.5 ? [{ weights: some(weights), deltas: some(deltas) }] : [];
      const references = new Map(deltas.map((delta) => [delta, weights[Math.floor(random() * weights.length)]!]));
      const items: SurveyedItem[] = [...weights.map((hash) => ({ kind: 'weight' as const, hash })), ...deltas.map((hash) => ({ kind: 'delta' as const, hash }))]
        .map((item) => ({ ...item, incomplete: false, modified: random() < 0.1 ? undefined : Math.floor(random() * 100) }));
      const oldest = random() < 0.5 ? 50 : undefined;
      const needed = neededBy(commits, staged, references);
      const { drop, kept, spared } = splitItems({ items }, needed, oldest);

      // Said again in other words: everything that can be reached by name.
      const usedDeltas = new Set([...commits.map(({ deltaWeights }) => deltaWeights), ...staged.map((stage) => stage.deltas)].flatMap(Object.values<string>));
      const usedWeights = new Set([...commits.map(({ weightHashes }) => weightHashes), ...staged.map((stage) => stage.weights)].flatMap(Object.values<string>));
      for (const delta of usedDeltas) usedWeights.add(references.get(delta)!);
      const isOld = ({ modified }: SurveyedItem): boolean => oldest === undefined || (modified !== undefined && modified <= oldest);
      const expected = items.filter((item) => !(item.kind === 'weight' ? usedWeights : usedDeltas).has(item.hash) && isOld(item));
      assert.deepEqual(drop, expected, `round ${round}`);
      assert.equal(drop.length + kept + spared, items.length);
      assert.ok(drop.every((item) => !isNeeded(needed, item)));
    }
  });
});

describe('what a repair plans', () => {
  const finding = (subject: Finding['subject'], fault: Finding['fault'], hash: string, mend: Finding['mend'] = 'fetch'): Finding =>
    ({ severity: 'error', subject, fault, hash, mend, message: `${subject} ${hash} is ${fault}.` });
  const report = (findings: readonly Finding[], remote?: string): IntegrityReport => ({
    root: '/r', remote, location: '/r/.coral', depth: 'deep', startedAt: '', milliseconds: 0, findings, checked: { weights: 0, deltas: 0, commits: 0, versions: 0, refs: 0, bytes: 0 },
  });
  const nothing = { states: new Set<string>(), checkpoints: new Set<string>() };
  const source = (name: string | undefined, has: Partial<Record<'weights' | 'deltas' | 'commits' | 'versions', string[]>>): Source => ({
    name, weights: new Set(has.weights), deltas: new Set(has.deltas), records: { ...nothing, commits: new Set(has.commits), versions: new Set(has.versions) },
  });

  it('takes each from the first source that has it, weights before what needs them, each once', () => {
    const findings = [finding('branch', 'missing', 'c1'), finding('delta', 'damaged', 'd1'), finding('metadata', 'damaged', 'w1'), finding('weight', 'damaged', 'w1'), finding('weight', 'missing', 'w2'), finding('version', 'missing', 'c1'), finding('version', 'damaged', 'v1')];
    const sources = [source('near', { weights: ['w2'], commits: ['c1'] }), source('far', { weights: ['w1', 'w2'], deltas: ['d1'], versions: ['v1'] })];
    const { steps, hopeless } = planRepair(report(findings), sources, { commits: [] });
    assert.deepEqual(steps.map(({ kind, hash, from }) => [kind, hash, from]), [['weight', 'w1', 'far'], ['weight', 'w2', 'near'], ['delta', 'd1', 'far'], ['commit', 'c1', 'near'], ['version', 'v1', 'far']]);
    assert.deepEqual(hopeless, []);
  });

  it('says what nobody has, and what only a person can mend', () => {
    const plan = planRepair(report([finding('weight', 'missing', 'w1'), finding('refs', 'damaged', '', 'hand')]), [source('origin', {})], { commits: [] });
    assert.deepEqual([plan.steps, plan.hopeless], [[], ['Weight w1: no remote has it.', 'refs  is damaged.']]);
    assert.match(planRepair(report([finding('weight', 'missing', 'w1', 'push')], 'origin'), [source(undefined, {})], { commits: [] }).hopeless[0]!, /this repository does not have it/);
  });

  it('fetches all that commits and staging name when the store itself is lost', () => {
    const commit = { commitHash: 'c', parentHashes: [], weightHashes: { a: 'w1' }, deltaWeights: { b: 'd1' }, metadata: { author: '', email: '', message: '', timestamp: '', tags: [] } };
    const { steps, replacesStore } = planRepair(report([{ ...finding('store', 'damaged', ''), hash: undefined }]), [source('origin', { weights: ['w1', 'w2'], deltas: ['d1'] })], { commits: [commit], staged: { weights: { c: 'w2' }, deltas: {} } });
    assert.deepEqual([replacesStore, steps.map(({ hash }) => hash)], [true, ['w2', 'w1', 'd1']]);
  });
});
