import { expect, test } from 'vitest';
import { canvasRuler } from '../../renderers/canvas/ruler.js';
import { drawCard } from '../../renderers/index.js';
import { contextTail } from '../../renderers/panels/contextTail.js';
import { notebookTree, report } from './reports.js';

const style = { size: 19, bold: false };
const hybrid = { texts: 9, candidates: 4, carriers: 3, complete: true };

test.each(['dark', 'light'] as const)(
  'tokens stand after their contexts, whatever those hold (%s)',
  async (theme) => {
    const befores = ['a person who', '', `${'long '.repeat(50)}\u202e\n`, '文'.repeat(60), 'x'.repeat(300)];
    const drawn = report(notebookTree(), [' seeks', 'x', '\n', ' y', 'silent'], { hybrid });
    drawn.tokens.forEach((entry, i) => {
      entry.activation = 5 - i;
      if (i < 4) entry.context = { before: befores[i]!, written: i % 2 === 0 };
    });
    const picture = await drawCard(drawn, { theme });
    expect(picture.width).toBeLessThan(3000);
    const drawnWords = JSON.stringify(picture.scene);
    for (const word of ['seeks', '⏎']) expect(drawnWords).toContain(word);
    expect(drawnWords).not.toContain('\u202e');
    expect(picture.alt).not.toContain('\u202e');
  },
);

test('of a context the end is shown that has room', async () => {
  const ruler = await canvasRuler();
  const shown = (text: string) => {
    const line = contextTail(text, style, ruler, 150);
    expect(line.width).toBeLessThanOrEqual(150);
    return line.runs.map((run) => run.text).join('');
  };
  expect(shown('a person who')).toBe('a person who');
  expect(shown('the definition of a person who')).toMatch(/^… .*a person who$/);
  expect(shown('文'.repeat(60))).toMatch(/^…文+/);
  expect(shown('\u202e'.repeat(2))).toBe('U+202EU+202E');
});
