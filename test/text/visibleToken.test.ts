import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, shippedFonts } from '../../renderers/sheet/coverage.js';
import { fontRuns } from '../../renderers/sheet/fontRuns.js';
import { visiblePieces, visibleToken } from '../../src/text/visibleToken.js';
import { notebook } from '../renderers/reports.js';

describe('a visible token', () => {
  it.each([
    [' the', '·the'],
    ['\n', '⏎'],
    ['\r\n', '␍⏎'],
    ['\t\t\t\t\t\t\t\t', '⇥×8'],
    ['', '∅'],
    ['\u0000', 'U+0000'],
    ['\u0080', 'U+0080'],
    ['\u00a0', 'U+00A0'],
    ['\u200b', 'U+200B'],
    ['\ufffd', 'U+FFFD'],
    ['\ud800', 'U+D800'],
    ['\u202eabc\u202c', 'U+202EabcU+202C'],
    ['\u2066x\u2069', 'U+2066xU+2069'],
    ['\u0301', '◌\u0301'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['می‌شود', 'می‌شود'],
    ['\u200d', 'U+200D'],
    ['難以', '難以'],
  ])('shows %j as %j', (token, shown) => {
    expect(visibleToken(token)).toBe(shown);
  });

  it('never holds a control, bidi control, space or line break, whatever the token', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (token) => {
        expect(visibleToken(token)).not.toMatch(
          /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('a font run', () => {
  const undrawn = (token: string) =>
    fontRuns(visiblePieces(token)).flatMap(({ text, font }) =>
      [...text].filter(
        (c) => !/\u200c|\u200d|\ufe0e|\ufe0f/u.test(c) && !covers(shippedFonts()[font]!, c.codePointAt(0)!),
      ),
    );

  it('has a font with every glyph it needs, for all tokens of the saved lists', () => {
    expect(notebook.lists.flatMap(({ tokens }) => tokens.flatMap(undrawn))).toEqual([]);
  });

  it('has a font with every glyph it needs, for any token', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (token) => {
        expect(undrawn(token)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('shows characters without a glyph as their codes', () => {
    expect(fontRuns(visiblePieces('a\u{12000}')).map(({ text, mark }) => ({ text, mark }))).toEqual([
      { text: 'a', mark: false },
      { text: 'U+12000', mark: true },
    ]);
    expect(fontRuns(visiblePieces('\uf009'))[0]?.text).toBe('U+F009');
  });

  it('finds a glyph in all the scripts of everyday tokenizers', () => {
    const words =
      'word слово λόγος szó من שלום हिन्दी বাংলা தமிழ் తెలుగు ಕನ್ನಡ മലയാളം ไทย ລາວ မြန်မာ ខ្មែរ ქართული հայ ቆንጆ 日本語 中文 한국어 ༓ 𝘁 ⢻ ⑨ 🆗 💞 ✴ → ∑';
    for (const word of words.split(' '))
      expect(
        fontRuns(visiblePieces(word)).some(({ mark }) => mark),
        word,
      ).toBe(false);
  });

  it('keeps left-to-right and right-to-left text apart, so that nothing changes places', () => {
    const runs = fontRuns(visiblePieces('abcשלוםdef'));
    expect(runs.map(({ text }) => text)).toEqual(['abc', 'שלום', 'def']);
  });
});
