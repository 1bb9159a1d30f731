import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { feature } from '../../commands/feature/index.js';
import { listCommands } from '../../commands/index.js';
import { readCatalogue } from '../../src/configuration/catalogue.js';
import { readConfiguration } from '../../src/configuration/index.js';
import { PROGRAMS } from '../../src/programs/index.js';

const { settings, models } = readConfiguration();
const documents = [
  'README.md',
  'models/gloss-12l/README.md',
  ...readdirSync('docs').map((name) => join('docs', name)),
].filter((name) => name.endsWith('.md'));

test('the table of options in methods.md has every option with the default that is configured', () => {
  const rows = readFileSync('docs/methods.md', 'utf8')
    .match(/^\| `\w+` +\|.*$/gm)!
    .map((row) => row.split('|').map((cell) => cell.trim()));
  const table = new Map(rows.map(([, name, value]) => [name!.replaceAll('`', ''), value!]));
  for (const { name } of feature.options) {
    const wanted =
      name === 'model' ? settings.model : settings.defaults[name as keyof typeof settings.defaults];
    const written = table.get(name);
    expect(written, name).toBeDefined();
    if (written === 'see above') expect(readFileSync('docs/methods.md', 'utf8')).toContain(wanted);
    else if (typeof wanted === 'number') expect(Number(written), name).toBe(wanted);
    else expect(written, name).toBe(typeof wanted === 'boolean' ? (wanted ? 'on' : 'off') : wanted);
  }
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
