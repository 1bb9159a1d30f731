import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Metrics } from '../../src/operations/index.js';

const text = readFileSync('docs/operating.md', 'utf8');
const names = new Metrics({ commands: [], models: [] }).names();

test('the table of metrics has every metric of ours, and none that there is not', () => {
  const table = [...text.matchAll(/^\| `([a-z]+_\w+)` +\|/gm)].map((match) => match[1]!);
  expect(table.filter((name) => !names.includes(name))).toEqual([]);
  const ours = names.filter((name) => name.startsWith('ghosttree_'));
  expect(table.filter((name) => name.startsWith('ghosttree_'))).toEqual(ours);
});

test('the rules for alerts are about metrics that there are', () => {
  const { groups } = parse(/```yaml\n(.*?)```/s.exec(text.slice(text.indexOf('## Watching it')))![1]!) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr } of rules) {
    const used = [...expr.matchAll(/\b(?:ghosttree|nodejs|process)_\w+/g)].map(([name]) =>
      name.replace(/_bucket$/, ''),
    );
    expect(used, alert).not.toEqual([]);
    expect(
      used.filter((name) => !names.includes(name)),
      alert,
    ).toEqual([]);
  }
});
