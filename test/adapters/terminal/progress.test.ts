import stringWidth from 'string-width';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { preparedWords } from '../../../commands/index.js';
import { Progress } from '../../../src/adapters/terminal/progress.js';
import { PullProgressBars } from '../../../src/adapters/terminal/pullProgress.js';
import { columnsOf, fitted } from '../../../src/adapters/terminal/width.js';
import type { JobProgress } from '../../../src/jobs/index.js';
import { counted } from '../../../src/text/units.js';

afterEach(() => vi.unstubAllEnvs());

/** A terminal that keeps what is written to it. */
class Terminal {
  isTTY = true;
  text = '';
  constructor(readonly columns: number) {}
  write(text: string): boolean {
    this.text += text;
    return true;
  }
  get lines(): string[] {
    return this.text.split(/\x1b\[[KA]|[\r\n]/).filter(Boolean);
  }
}

const STATES: JobProgress[] = [
  { stage: 'growing', nodes: 1_234_567, settled: 0.9876, depth: 25, part: { number: 2, of: 2 } },
  { stage: 'preparing', what: 'firings', layer: 10, share: 0.28 },
  { stage: 'preparing', what: 'baseline', share: 0.28 },
  {
    stage: 'dreaming',
    share: 0.5,
    best: { text: '寿司とラーメン👩‍👩‍👧‍👦が好きです'.repeat(9), activation: 3.5 },
  } as JobProgress,
];

describe('a line that is redrawn never wraps', () => {
  test.each([1, 2, 10, 20, 39, 40, 80, 81, 200])('%i columns', (columns) => {
    for (const state of STATES) {
      const terminal = new Terminal(columns);
      const progress = new Progress(terminal as unknown as NodeJS.WriteStream);
      progress.update(state);
      progress.clear();
      for (const line of terminal.lines) expect(stringWidth(line)).toBeLessThan(columns);
      const pulled = new Terminal(columns);
      const bars = new PullProgressBars(pulled as unknown as NodeJS.WriteStream);
      const bytes = { done: 5e8, total: 5e9 };
      bars.update({
        step: `寿司 ${'file '.repeat(40)}`,
        share: 0.1,
        bytes,
        overall: { ...bytes, fetched: 5e8 },
      });
      for (const line of pulled.lines) expect(stringWidth(line)).toBeLessThan(columns);
    }
  });

  test('what says most is seen at 80 columns', () => {
    const terminal = new Terminal(80);
    for (const state of STATES.slice(1, 3))
      new Progress(terminal as unknown as NodeJS.WriteStream).update(state);
    expect(terminal.text).toContain("reading texts for layer 10's SAE (once per layer): 28 %");
    expect(terminal.text).toContain('(once per prompt)');
  });
});

test('COLUMNS counts, and never for more than a terminal has', () => {
  vi.stubEnv('COLUMNS', '50');
  expect(columnsOf({ columns: 80, isTTY: true })).toBe(50);
  expect(columnsOf({ columns: 40, isTTY: true })).toBe(40);
  expect(columnsOf({ isTTY: false })).toBe(50);
  for (const nonsense of ['', '0', 'wide', '-3', '1e3']) {
    vi.stubEnv('COLUMNS', nonsense);
    expect(columnsOf({ columns: 90, isTTY: true })).toBe(90);
    expect(columnsOf({ columns: 0, isTTY: true })).toBe(80);
    expect(columnsOf({ isTTY: false })).toBe(100);
  }
});

test('no character is cut in half', () => {
  expect(fitted('a寿司b', 4)).toBe('a寿');
  expect(fitted('👩‍👩‍👧‍👦x', 2)).toBe('👩‍👩‍👧‍👦');
  expect(fitted('👩‍👩‍👧‍👦x', 1)).toBe('');
});

test('what is prepared has a name, and its layer', () => {
  expect(preparedWords({ what: 'statistics', layer: 6 })).toBe("measuring layer 6's SAE (once per layer)");
  expect(preparedWords({ what: 'weights' })).toBe('converting the weights (once per model)');
});

test.each([
  [0, '0 nodes'],
  [1, '1 node'],
  [2, '2 nodes'],
  [12345, '12\u00a0345 nodes'],
])('%i is counted with its noun', (count, text) => {
  expect(counted(count, 'node')).toBe(text);
});
