import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingText as withoutCanvas } from '../../renderers/canvas/fonts.js';
import { missingText as withoutOnnxruntime } from '../../src/core/runtime/session/library.js';

/** What the package of people who install ghosttree is made of; test/programs/package.test.ts installs it. */

interface Manifest {
  files: string[];
  keywords: string[];
  bin: Record<string, string>;
  dependencies: Record<string, string>;
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const ships = (path: string) =>
  manifest.files.some((entry) =>
    entry === 'docs/*.md' ? /^docs\/[^/]+\.md$/.test(path) : path === entry || path.startsWith(`${entry}/`),
  );

const sources = ['src', 'commands', 'renderers'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8')),
);

test('what package.json names is there', () => {
  const paths = manifest.files.filter((entry) => !/[!*]/.test(entry));
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  expect(existsSync(manifest.bin.ghosttree!)).toBe(true);
  expect(ships(manifest.bin.ghosttree!)).toBe(true);
  expect(manifest.keywords.length).toBeGreaterThan(5);
});

test('documents and files that messages point to are in it', () => {
  const named = sources.flatMap((text) =>
    [...text.matchAll(/(?<![\w/])(?:docs\/[\w-]+\.md|config\/[\w-]+\.yaml)|\.env\.example/g)].map(
      ([path]) => path,
    ),
  );
  expect(new Set(named).size).toBeGreaterThan(6);
  expect(named.filter((path) => !existsSync(path) || !ships(path))).toEqual([]);
  for (const path of ['NOTICE', 'CHANGELOG.md', 'config', 'renderers/fonts', 'src/core/words'])
    expect([path, ships(path)]).toEqual([path, true]);
});

test('tests, measurements and training scripts are not', () => {
  for (const path of ['dist/test', 'dist/bench', 'dist/eval', 'dist/docs', 'test', 'bench', 'eval', 'script'])
    expect([path, ships(path)]).toEqual([path, false]);
  expect(manifest.files).toEqual(expect.arrayContaining(['!models/*/train', '!**/*.py']));
});

test('every package that the program imports is one that is installed with it', () => {
  const names = sources.flatMap((text) =>
    [...text.matchAll(/^(?:import|export) (?!type ).*?from '([^'.][^']*)'|import\('([^'.][^']*)'\)/gm)].map(
      ([, fixed, lazy]) => (fixed ?? lazy)!,
    ),
  );
  const packages = new Set(
    names
      .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name))
      .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)![0]),
  );
  expect(packages.size).toBeGreaterThan(15);
  expect([...packages].filter((name) => !Object.hasOwn(manifest.dependencies, name))).toEqual([]);
});

test('a binary that is missing is named, with why and the remedy', () => {
  const canvas = withoutCanvas(
    new Error("Cannot find module '../build/Release/canvas.node'\nRequire stack:"),
  );
  expect(canvas).toMatch(
    /canvas has no binary here \(Cannot find module .*canvas\.node'\)\. "npm --prefix node_modules\/canvas run install"/,
  );
  const onnxruntime = withoutOnnxruntime(new Error('libc.musl-x86_64.so.1: cannot open shared object file'));
  expect(onnxruntime).toMatch(/^onnxruntime-node cannot be loaded on \w+ \w+ \(libc\.musl.*Linux with glibc/);
  for (const text of [canvas, onnxruntime]) expect(text).not.toContain('\n');
});

test('system libraries that canvas is compiled with are the same wherever they are named', () => {
  const [, libraries] = /^libraries="(.*)"$/m.exec(readFileSync('script/setup', 'utf8'))!;
  expect(readFileSync('docs/installing.md', 'utf8')).toContain(`sudo apt-get install -y ${libraries}\n`);
  const docker = readFileSync('Dockerfile', 'utf8').replaceAll(/\s*\\\n\s*/g, ' ');
  expect(docker).toContain(libraries!);
});
