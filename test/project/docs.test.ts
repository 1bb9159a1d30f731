import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { listCommands } from '../../commands/index.js';
import { readCatalogue } from '../../src/configuration/catalogue.js';
import { defaultsFor, readConfiguration } from '../../src/configuration/index.js';
import { PARAMETER_NAMES, parameterNamed, rangeText, ruleWithin } from '../../src/core/index.js';
import { architectureOf } from '../../src/core/weights/graph/families/index.js';
import { PROGRAMS } from '../../src/programs/index.js';
import { formatCutoff } from '../../src/text/numbers.js';

const { settings, models } = readConfiguration();
const documents = [
  'README.md',
  'models/smollm2-135m-instruct/README.md',
  'CHANGELOG.md',
  'CODE_OF_CONDUCT.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync('docs').map((name) => join('docs', name)),
].filter((name) => name.endsWith('.md'));

test('the table of options in methods.md is that of the parameters, with what is configured', () => {
  const file = 'docs/methods.md';
  const text = readFileSync(file, 'utf8');
  const [written] = /(?<=^## Options\n\n)(?:\|.*\n)+/m.exec(text)!;
  const wanted = [
    ['option', 'default', 'range', 'unit', 'meaning', 'commands'],
    Array(6).fill('---'),
    ...rows(),
  ]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
  if (process.env.RENEW_DOCS === '1')
    writeFileSync(
      file,
      text.replace(written, () => wanted),
    );
  else expect(written).toBe(wanted);
});

/** Rows of the table, as markdown. */
function rows(): string[][] {
  const defaults: Record<string, unknown> = {
    ...defaultsFor('feature', { ...models.get(settings.model)!, defaults: {} }, settings),
    model: settings.model,
  };
  return PARAMETER_NAMES.map((name) => {
    const row = parameterNamed(name);
    const limit = 'limit' in row && row.limit ? ` (\`limits.${row.limit}\`)` : '';
    const value = defaults[name];
    const shown =
      typeof value === 'boolean'
        ? value
          ? 'on'
          : 'off'
        : typeof value === 'number'
          ? formatCutoff(value)
          : value;
    return [
      `\`${name}\``,
      row.kind === 'text' && name !== 'model' ? `\`${shown}\`` : String(shown),
      rangeText(ruleWithin(row, settings.limits)).replace('{ghost}', '`{ghost}`') + limit,
      row.unit ?? '',
      row.meaning,
      row.commands.join(', '),
    ];
  });
}

test.each([
  ['## About features', listCommands()],
  ['## Around it', PROGRAMS],
])('the table under %s in commands.md is that of the program', (heading, topics) => {
  const file = 'docs/commands.md';
  const text = readFileSync(file, 'utf8');
  const section = text.slice(text.indexOf(heading));
  const [, written] = /\| --- \| --- \| --- \|\n((?:\|.*\n)+)/.exec(section)!;
  const cell = (words: string) => words.replaceAll('|', '\\|');
  const wanted = topics
    .map(({ name, usage, summary }) => `| \`${name}\` | \`${cell(usage)}\` | ${cell(summary)} |\n`)
    .join('');
  if (process.env.RENEW_DOCS === '1')
    writeFileSync(
      file,
      text.replace(written!, () => wanted),
    );
  else expect(written).toBe(wanted);
});

test('the families that models.md names are those that there are', () => {
  const [, named] = /\(`model_type` in its `config\.json`: (.*?)\) takes one entry/.exec(
    readFileSync('docs/models.md', 'utf8'),
  )!;
  const names = [...named!.matchAll(/`([^`]+)`/g)].map(([, name]) => name).join(', ');
  expect(() => architectureOf('none')).toThrow(`; known: ${names}.`);
});

test.each(documents)('%s links to files that exist', (document) => {
  const links = [...readFileSync(document, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
    (match) => match[1]!,
  );
  expect(links.filter((link) => !existsSync(join(dirname(document), link)))).toEqual([]);
});

test('every command that the README types is one', () => {
  const typed = [...readFileSync('README.md', 'utf8').matchAll(/npx ghosttree ([\w-]+)/g)].map(
    (match) => match[1]!,
  );
  const known = [...listCommands(), ...PROGRAMS].map(({ name }) => name);
  expect(typed.length).toBeGreaterThan(5);
  expect(typed.filter((name) => !known.includes(name))).toEqual([]);
});

test('the example of an entry in models.md is one, and the models in its table are those of the catalogue', () => {
  const text = readFileSync('docs/models.md', 'utf8');
  const file = join(mkdtempSync(join(tmpdir(), 'ghosttree-')), 'models.yaml');
  writeFileSync(file, /```yaml\n(.*?)```/s.exec(text)![1]!);
  const entry = readCatalogue(file, { project: '.', models: '.' }).get('gpt2-mine');
  expect(entry?.layers).toEqual([5, 6, 12]);
  const table = [...text.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1]);
  expect(table).toEqual([...models.keys()]);
});

test('every variable of .env.example is explained', () => {
  const names = [...readFileSync('.env.example', 'utf8').matchAll(/^(\w+)=/gm)].map((match) => match[1]!);
  const texts = documents.map((name) => readFileSync(name, 'utf8')).join();
  const own = names.filter((name) => /^(HF|GHOSTTREE|NEURONPEDIA|EXPLAIN)_/.test(name));
  expect(own.length).toBeGreaterThan(5);
  expect(own.filter((name) => !texts.includes(`\`${name}\``))).toEqual([]);
});
