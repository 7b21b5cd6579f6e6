import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { loadCore } from '../samples/core';
import { dumpStore } from '../samples/dumpStore';
import { makeSampleRepository } from '../samples/model';
import { inWorkbench, newFolder } from './shared';

describe('tabs about weights and remotes', () => {
  it('show, compare and fetch weights; tell what a remote holds; by keyboard, and in words for screen readers', async function () {
    this.timeout(300_000);
    const { root } = await makeSampleRepository(await loadCore(), await newFolder());
    const name = 'encoder.layers.4.attention.key.weight';
    await inWorkbench('details', root, async (workbench) => {
      const weight = workbench.webview();
      await workbench.expand('origin');
      await workbench.expand('To push');
      for (const module of ['encoder.layers', /^4 ?14/, /^attention ?8/, /^key ?2/]) await workbench.expand(module);
      await workbench.row(/^weight ?a5dcda34/).click();
      await weight.getByRole('heading', { level: 1, name }).waitFor();
      await weight.getByRole('img', { name: /^Histogram of \d+ bins from -0\.\d+ to 0\.\d+\. Most elements/ }).waitFor();
      const facts = await workbench.webviewText();
      assert.match(facts, /float16 \[128, 128\] · 32\.8 kB \(32,768 bytes\)/);
      assert.match(facts, /Elements 16,384 Min -0\.0\d+ Max 0\.0\d+ Mean -?\d\S+ Std 0\.0\d+ Zeros \d+ .* NaN 0 Inf 0/);
      assert.match(facts, /Stored in weights\.h5, not compressed, 32\.8 kB Commits 1 commit/);
      assert.match(facts, /Remotes not on origin/);

      // The heat map can be read cell by cell, and its slice be chosen, with keys alone.
      const map = weight.getByRole('application', { name: /^Heat map of 128 rows and 128 columns in 128 by 128 cells/ });
      await map.focus();
      await workbench.page.keyboard.press('ArrowDown');
      await workbench.page.keyboard.press('ArrowRight');
      assert.match(await weight.locator('output').innerText(), /^row 1, column 1: -?0\.\d+$/);
      await workbench.screenshots('weight-details');
      await weight.getByRole('combobox', { name: 'Rows' }).selectOption({ label: 'dim 1 (128)' });
      await weight.getByRole('combobox', { name: 'Cells' }).selectOption({ label: 'largest magnitude' });
      await workbench.until(() => weight.getByRole('combobox', { name: 'Cells' }).inputValue(), (value) => value === 'maxAbs');
      assert.equal(await weight.getByRole('combobox', { name: 'Rows' }).inputValue(), '1');
      await weight.getByRole('radio', { name: 'Logarithmic' }).check();
      await weight.locator('summary', { hasText: 'Show as a table' }).first().click();
      assert.ok(await weight.getByRole('table', { name: /^Histogram: how many elements/ }).getByRole('row').count() > 20);

      // Hidden, the page is thrown away; shown again, it is as it was.
      await workbench.runCommand('File: New Untitled Text File');
      await workbench.tab('key.weight').click();
      await weight.getByRole('radio', { name: 'Logarithmic', checked: true }).waitFor();
      assert.equal(await weight.getByRole('combobox', { name: 'Rows' }).inputValue(), '1');

      await weight.getByRole('button', { name: 'Compare With…' }).click();
      await workbench.quickInput.locator('.monaco-list-row', { hasText: 'Previous commit' }).waitFor();
      await workbench.screenshots('compare-with');
      await workbench.pick('Previous commit');
      await workbench.tab('key.weight ↔ key.weight').waitFor();
      await weight.getByRole('img', { name: /^Histogram of \d+ bins .* Most differences/ }).waitFor();
      assert.match(await workbench.webviewText(), /Elements 16,384 Equal \d+ \(< 0\.1 %\) Max \|Δ\| 0\.\d+ Mean \|Δ\| 0\.0\d+ Cosine -?0\.0\d+ Not finite 0/);
      await workbench.screenshots('weight-comparison');

      // A weight that only the remote has.
      await workbench.row('To push').locator('.monaco-tl-twistie').click();
      await workbench.expand('To pull');
      await workbench.expand(/^adapter ?2/);
      await workbench.row(/^down\.weight/).click();
      await weight.getByText('Its values are not here').waitFor();
      assert.match(await workbench.webviewText(), /adapter\.down\.weight float16 \[128, 8\].*Stored not in this repository.*Remotes on origin/);
      await workbench.screenshots('weight-elsewhere');
      await weight.getByRole('button', { name: 'Fetch It from origin' }).click();
      await weight.getByRole('img', { name: /^Histogram of/ }).waitFor();
      const held = Object.values(dumpStore(`${root}/.coral/objects/weights.h5`)).map(({ attrs }) => attrs['name']);
      assert.deepEqual([held.includes('adapter.down.weight'), held.includes('adapter.up.weight')], [true, false]);

      await workbench.runCommand('Coral: Show Remote Info');
      await weight.getByRole('img', { name: /^Bytes by dtype: float16 \d/ }).waitFor();
      const info = await workbench.webviewText();
      assert.match(info, /Weights 89 Stored [\d.]+ MB Backend file/);
      assert.match(info, /Credentials none needed/);
      await workbench.closeToasts();
      await workbench.screenshots('remote-info');
      await weight.getByRole('button', { name: 'Copy as JSON' }).click();
      const copied = await workbench.until(() => workbench.clipboard(), (text) => text.includes('"contents"'));
      assert.equal((JSON.parse(copied) as { contents: { weights: number } }).contents.weights, 89);

      // Tabs outlive the window, with what was chosen in them.
      await workbench.reload();
      await weight.getByRole('img', { name: /^Bytes by dtype: float16 \d/ }).waitFor();
      await workbench.tab('key.weight').first().click();
      await weight.getByRole('heading', { level: 1, name }).waitFor();
      await weight.getByRole('radio', { name: 'Logarithmic', checked: true }).waitFor();
      assert.equal(await weight.getByRole('combobox', { name: 'Rows' }).inputValue(), '1');
    });
  });
});
