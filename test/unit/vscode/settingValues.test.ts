import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { bounds, choiceOf, choices, flagOf, numberOf, patternsOf, textOf, textsOf } from '../../../src/vscode/settings/settingValues';

interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly scope: string;
  readonly markdownDescription: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { contributes: { configuration: { properties: Record<string, Property> } } };
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const { properties } = manifest.contributes.configuration;
const property = (name: string): Property => {
  const found = properties[`coral.${name}`];
  assert.ok(found, `coral.${name} is in package.json`);
  return found;
};

describe('settings', () => {
  it('are read within the bounds that package.json states', () => {
    for (const [name, { min, max, defaultValue }] of Object.entries(bounds)) {
      const { minimum, maximum, default: standard } = property(name);
      assert.deepEqual([minimum, maximum, standard], [min, max, defaultValue], name);
    }
    for (const [name, values] of Object.entries({ ...choices, 'remotesFile.shape': choices.remotesFileShape, remotesFileShape: undefined })) {
      if (values) assert.deepEqual(property(name).enum, values, name);
    }
  });

  it('are clamped, never refused', () => {
    const { concurrency, autofetchPeriod, bandwidthLimit } = bounds;
    assert.deepEqual([0, -1, 1, 7, 256, 1e9, Infinity, -Infinity].map((value) => numberOf(value, concurrency)), [1, 1, 1, 7, 256, 256, 256, 1]);
    assert.deepEqual([NaN, '9', null, undefined, {}, [9], true].map((value) => numberOf(value, concurrency)), Array.from({ length: 7 }, () => 64));
    assert.deepEqual([1, 30, 99_999_999].map((value) => numberOf(value, autofetchPeriod)), [30, 30, 86_400]);
    assert.deepEqual([-5, 0, 0.5, 1e7].map((value) => numberOf(value, bandwidthLimit)), [0, 0, 0.5, 10_000]);
    assert.deepEqual(['gzip', 'GZIP', 3, null].map((value) => choiceOf(value, choices.compression, 'auto')), ['gzip', 'auto', 'auto', 'auto']);
    assert.deepEqual([false, 'false', null].map((value) => flagOf(value, true)), [false, true, true]);
    assert.deepEqual(['x', '', 5].map(textOf), ['x', undefined, undefined]);
    assert.deepEqual([['a', 1, 'b'], 'a', undefined].map(textsOf), [['a', 'b'], undefined, undefined]);
    assert.deepEqual([['a*', '', 7, 'b'], [], [''], [null], 'a*', { 0: 'a' }, undefined].map(patternsOf), [['a*', 'b'], ...Array.from({ length: 6 }, () => undefined)]);
  });

  it('each say what they do, and link only to settings that there are', () => {
    for (const [name, { markdownDescription, enum: values, enumDescriptions, scope }] of Object.entries(properties)) {
      const keys = [markdownDescription, ...enumDescriptions ?? []].map((key) => key.replaceAll('%', ''));
      for (const key of keys) assert.ok((texts[key] ?? '').length > 10, `${name}: ${key}`);
      assert.equal(enumDescriptions?.length, values?.length, name);
      assert.ok(['application', 'machine', 'machine-overridable', 'window', 'resource'].includes(scope), name);
      for (const [, linked] of (texts[keys[0]!] ?? '').matchAll(/`#([^#]+)#`/g)) assert.ok(properties[linked!], `${name} links to ${linked}`);
    }
  });

  it('that pick servers or silence questions cannot come with a folder', () => {
    assert.deepEqual([property('allowedEndpoints').scope, property('confirmSync').scope], ['machine', 'application']);
  });
});
