import { expect, test } from 'vitest';
import { joinedBytes } from '../../renderers/sheet/joinedBytes.js';
import { shadedText } from '../../renderers/sheet/shadedText.js';
import { THEMES } from '../../renderers/sheet/theme.js';
import { visualOrder } from '../../renderers/sheet/visualOrder.js';

const bytes = (text: string) =>
  [...Buffer.from(text)].map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const zeros = (count: number) => Array<number>(count).fill(0);

test.each(['م', '文', '👍', 'é'])('the bytes of %s are one token, as active as the most active', (text) => {
  const tokens = ['a', ...bytes(text), 'b'];
  const activations = [1, ...zeros(bytes(text).length - 1), 5, 0];
  const joined = joinedBytes({ tokens, activations, peak: bytes(text).length });
  expect(joined).toEqual({ tokens: ['a', text, 'b'], activations: [1, 5, 0], peak: 1 });
});

test('a token may hold a space and more than one byte', () => {
  const tokens = [' <0xE6>', '<0x96><0x87>', '<0xE6>', ' <0x96>'];
  expect(joinedBytes({ tokens, activations: zeros(4), peak: null }).tokens).toEqual([
    ' 文',
    '<0xE6>',
    ' <0x96>',
  ]);
});

test('bytes that make no character stay as they are', () => {
  for (const tokens of [
    ['<0xFF>'],
    ['<0xD9>'],
    ['<0xD9>', 'x'],
    ['<0xC0>', '<0x80>'],
    ['<0xE6>', '<0x96>'],
  ]) {
    const text = { tokens, activations: zeros(tokens.length), peak: null };
    expect(joinedBytes(text).tokens).toEqual(tokens);
  }
});

test.each([
  [
    ['a ', 'שלום', ' ', 'עולם', ' b'],
    ['a ', 'עולם', ' ', 'שלום', ' b'],
  ],
  [
    ['שלום', ' '],
    ['שלום', ' '],
  ],
  [
    ['سلام', ' 5 ', 'عالم'],
    ['سلام', ' 5 ', 'عالم'],
  ],
  [
    ['one', ' two'],
    ['one', ' two'],
  ],
])('text from right to left stands so: %j', (runs, expected) => {
  expect(visualOrder(runs.map((text) => ({ text }))).map(({ text }) => text)).toEqual(expected);
});

test('tokens of a right-to-left script stand from right to left', () => {
  const ruler = ({ text }: { text: string }, { size }: { size: number }) => ([...text].length * size) / 2;
  const { items } = shadedText(
    { tokens: ['the', ' שלום', ' עולם'], activations: [0, 0, 0], peak: null },
    { width: 400, size: 10, max: 4, lines: 1, theme: THEMES.dark, ruler },
  );
  const placed = items.flatMap((item) =>
    item.kind === 'text' ? [{ x: item.x, text: item.line.runs.map(({ text }) => text).join('') }] : [],
  );
  const [the, first, second] = ['the', 'שלום', 'עולם'].map(
    (word) => placed.find(({ text }) => text.includes(word))!.x,
  );
  expect(the).toBeLessThan(second!);
  expect(second).toBeLessThan(first!);
  // The space between them is between them.
  const spaces = placed.filter(({ text }) => text === ' ').map(({ x }) => x);
  expect(spaces).toEqual([expect.any(Number), expect.any(Number)]);
  expect(Math.max(...spaces)).toBeGreaterThan(second!);
  expect(Math.max(...spaces)).toBeLessThan(first!);
});
