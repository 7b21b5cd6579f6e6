import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { barHeight, mix } from '../../../src/webview/scales';

describe('scales of pages', () => {
  it('bars fill the height, and a logarithm shows single elements', () => {
    assert.deepEqual([barHeight(0, 0, 'linear'), barHeight(5, 10, 'linear'), barHeight(10, 10, 'log'), barHeight(0, 10, 'log')], [0, 0.5, 1, 0]);
    assert.ok(barHeight(1, 1e6, 'log') > 0.04);
  });

  it('colors run from one end over the middle to the other', () => {
    const [low, middle, high] = [[0, 0, 255], [255, 255, 255], [255, 0, 0]] as const;
    assert.deepEqual([-1, -0.5, 0, 0.5, 2].map((position) => mix(position, low, middle, high)), [[0, 0, 255], [128, 128, 255], [255, 255, 255], [255, 128, 128], [255, 0, 0]]);
  });
});
