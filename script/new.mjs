#!/usr/bin/env node
/** What `script/new` does, in the working folder. Nothing is written where something is wrong. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATES = join(dirname(fileURLToPath(import.meta.url)), 'templates');

/** What each kind of thing is made of. `{name}` stands for the name as it is typed, `{identifier}` for it in code. */
const KINDS = {
  command: {
    // As people type it, in chats and in terminals.
    pattern: /^[a-z]{2,20}$/,
    expected: '2 to 20 small letters, as in: neighbours',
    files: {
      'commands/{name}.ts': 'command.ts.txt',
      'test/commands/{name}.test.ts': 'command.test.ts.txt',
    },
    changes: {
      'commands/index.ts': (text, name) =>
        withEntry(withImport(text, `import { ${name} } from './${name}.js';`), {
          before: /, models, help\];/,
          entry: `, ${name}`,
        }),
      'docs/commands.md': (text, name) =>
        withEntry(text, {
          before: /\n\| `models` \|/,
          entry: `\n| \`${name}\` | \`${name} <layer> <feature> [model=...]\` | what ${name} says of a feature |`,
        }),
    },
    next: (name) => [
      `commands/${name}.ts: what it says, its summary (also in docs/commands.md) and options`,
      'README.md and config/slack-manifest.yaml, where it is to have a slash command of its own (`slash: true`)',
    ],
  },
  family: {
    pattern: /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/,
    expected: 'the model_type of its config.json, as in: phi3',
    files: {
      'src/core/weights/graph/families/{identifier}.ts': 'family.ts.txt',
      'test/core/weights/graph/{identifier}.test.ts': 'family.test.ts.txt',
    },
    changes: {
      'src/core/weights/graph/families/index.ts': (text, name, identifier) =>
        withEntry(withImport(text, `import { ${identifier} } from './${identifier}.js';`), {
          before: / {2}\}\),\n\);/,
          entry: `    ${name === identifier ? name : `'${name}': ${identifier}`},\n`,
        }),
      'docs/models.md': (text, name) =>
        withEntry(text, { before: /\) takes one entry in/, entry: `, \`${name}\`` }),
    },
    next: (name, identifier) => [
      `src/core/weights/graph/families/${identifier}.ts: what differs from Llama, and the paper`,
      `test/reference/make_families.py and test/core/weights/graph/families.test.ts: ${name} against transformers`,
      'src/core/weights/files/gguf/families.ts, where llama.cpp has it',
    ],
  },
};

/** @throws {Error} where the text has no such place, or more than one */
function withEntry(text, { before, entry }) {
  const places = [...text.matchAll(new RegExp(before, 'g'))];
  if (places.length !== 1) throw new Error(`expected ${before} once, found it ${places.length} times`);
  const { index } = places[0];
  return text.slice(0, index) + entry + text.slice(index);
}

/** Imports of the same folder stay in the order of their names. */
function withImport(text, line) {
  const specifier = /'(.*)'/.exec(line)[1];
  const imports = [...text.matchAll(/^import .*? from '(\.\/.*)';\n/gm)];
  const next = imports.find(([, other]) => other.localeCompare(specifier, 'en') > 0);
  const last = imports.at(-1);
  if (!last) throw new Error('expected imports of the same folder');
  const index = next ? next.index : last.index + last[0].length;
  return `${text.slice(0, index)}${line}\n${text.slice(index)}`;
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

const [kind, name, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(KINDS, kind ?? '') || name === undefined || rest.length > 0)
  fail(`Usage: script/new <${Object.keys(KINDS).join('|')}> NAME`);
const { pattern, expected, files, changes, next } = KINDS[kind];
if (!pattern.test(name)) fail(`"${name}" is no name for a ${kind}: expected ${expected}.`);
const identifier = name.replace(/[_-]([a-z0-9])/g, (_, first) => first.toUpperCase());
const filled = (text) => text.replaceAll('{name}', name).replaceAll('{identifier}', identifier);

const written = new Map();
for (const [path, template] of Object.entries(files))
  written.set(filled(path), filled(readFileSync(join(TEMPLATES, template), 'utf8')));
const folders = [...written.keys()].map((path) => path.replace(/(\.test)?\.ts$/, ''));
const taken = [...written.keys(), ...folders].find((path) => existsSync(path));
if (taken) fail(`There is ${taken} already: choose another name.`);
for (const [path, change] of Object.entries(changes)) {
  try {
    written.set(path, change(readFileSync(path, 'utf8'), name, identifier));
  } catch (error) {
    fail(`${path} cannot be changed (${error.message}): mend KINDS in script/new.mjs.`);
  }
}
for (const [path, text] of written) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote    ${path}`);
}
// A name decides where lines break; without the packages nothing can be formatted yet.
const formatter = 'node_modules/.bin/biome';
if (existsSync(formatter)) {
  const sources = [...written.keys()].filter((path) => path.endsWith('.ts'));
  spawnSync(formatter, ['check', '--write', '--vcs-enabled=false', ...sources], { stdio: 'ignore' });
}
for (const step of next(name, identifier)) console.log(`to do    ${step}`);
console.log('to try   npm run check && npm test');
