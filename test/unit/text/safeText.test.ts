import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { rememberSecret } from '../../../src/text/redact';
import { type TextPlace, safeText } from '../../../src/text/safeText';
import { hostileSecrets, hostileTexts } from './hostile';

/** The longest text of each place. */
const places: Readonly<Record<TextPlace, number>> = { label: 500, message: 1_000, detail: 4_000, tooltip: 2_000, log: 2_000, document: 2_000, page: 10_000, terminal: 10_000, error: 2_000 };

/** As VS Code looks for links in what it shows (base/common/linkedText.ts), and for icons (base/common/iconLabels.ts). */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
const icon = /\$\([a-z0-9-]+(?:~[a-z]+)?\)/i;
const unseen = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}|(?<=[a-z])[\u200c\u200d]/u;

describe('outside text is text', () => {
  rememberSecret('the-token-of-the-session');
  const texts = [...hostileTexts, 'Who are you, the-token-of-the-session?', encodeURIComponent('[x](command:coral.push)')];
  for (const place of Object.keys(places) as TextPlace[]) {
    it(`no link, command, icon, control character or secret works or shows in a ${place}, and its length is bounded`, () => {
      assert.ok(texts.length >= 40);
      for (const text of texts) {
        const shown = safeText(text, place);
        // What takes the meaning away makes it a little longer.
        assert.ok(shown.length <= places[place] * (place === 'tooltip' ? 2 : 1.1), `${shown.length} characters`);
        assert.doesNotMatch(shown, unseen);
        if (place !== 'detail') assert.ok(!shown.includes('\n'), 'one line');
        if (place !== 'terminal') assert.doesNotMatch(shown, hostileSecrets);
        if (['label', 'message', 'detail', 'tooltip', 'document'].includes(place)) {
          assert.doesNotMatch(shown, link);
          assert.doesNotMatch(shown, icon);
        }
        if (place === 'document') assert.doesNotMatch(shown, /\]\[|\]:|<[a-z!/]/i);
        if (place === 'tooltip') assert.doesNotMatch(shown.replace(/\\[!-/:-@[-`{-~]/g, ''), /[!-/:-@[-`{-~]/, 'each sign of Markdown is escaped');
        if (place !== 'tooltip') assert.equal(safeText(shown, place), shown, 'twice changes nothing more');
      }
    });
  }

  it('leaves what people call things as it is', () => {
    for (const name of ['encoder.layers[0].weight (copy)', 'Größe β', '重み', 'می‌خواهم', '👩‍💻 done', 'a  b', "it's 50 % of $5"]) {
      for (const place of ['label', 'message', 'log', 'document', 'page', 'terminal', 'error'] as const) assert.equal(safeText(name, place), name);
    }
  });

  it('says how much is missing, and cuts no secret in two', () => {
    const long = safeText('word '.repeat(1_000), 'log');
    assert.match(long, /word… \(3,0\d\d characters more\)$|word … \(3,0\d\d characters more\)$/);
    for (let length = 900; length < 1_010; length += 1) assert.doesNotMatch(safeText(`${'x'.repeat(length)} the-token-of-the-session`, 'message'), /the-tok/);
    const end = 1_000 + 16_384;
    for (let length = end - 30; length < end; length += 1) {
      const text = `${'https://a/?sig=0123456789 '.repeat(1_000).slice(0, length)} the-token-of-the-session${'y'.repeat(100)}`;
      assert.doesNotMatch(safeText(text, 'message'), /the-tok/);
    }
  });

  it('is quick with 2 MB of anything', () => {
    for (const part of [' ', '\n', '\u001b[', '](', '$(', 'a', '@', '\\', '\u200d', '<']) {
      const began = performance.now();
      for (const place of Object.keys(places) as TextPlace[]) safeText(part.repeat(2_000_000 / part.length), place);
      assert.ok(performance.now() - began < 3_000, `${JSON.stringify(part)} took ${performance.now() - began} ms`);
    }
  });
});
