import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Kinds of test files; vitest.config.ts says how each kind is run. */
export type Project = 'unit' | 'core' | 'system';

/** Native code, which a thread cannot load twice and whose crash takes a process along. */
const NATIVE = ['canvas', 'onnxruntime-node', 'libsql'];

/** What a test starts programs and servers with. */
const STARTS = ['node:child_process', 'node:http', 'node:net', 'ws'];

/** Ways to write an import in compiled files; a name in quotes that is no file is not followed. */
const IMPORT = /(?:from|import)\s*\(?\s*'([^']+)'/g;

/**
 * The compiled test files by the project that they belong to, which follows from what a file imports, itself or
 * through others: where one of the files in `tests` starts programs or servers, it is of the system; else, where
 * anything imports native code, it is of the core; else it is a unit. So a file that is moved or that changes goes to
 * the right project by itself.
 *
 * @param tests folder of the compiled tests, such as dist/test
 */
export function filesByProject(tests: string): Record<Project, string[]> {
  const imports = new Map<string, string[]>();
  const files: Record<Project, string[]> = { unit: [], core: [], system: [] };
  for (const name of readdirSync(tests, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.test.js'))
      files[projectOf(join(tests, name), tests, imports)].push(join(tests, name));
  }
  return files;
}

function projectOf(test: string, tests: string, imports: Map<string, string[]>): Project {
  const reached = new Set([test]);
  let project: Project = 'unit';
  for (const file of reached) {
    const names = imports.get(file) ?? importsOf(file);
    imports.set(file, names);
    if (file.startsWith(tests) && names.some((name) => STARTS.includes(name))) return 'system';
    if (names.some((name) => NATIVE.includes(name))) project = 'core';
    for (const name of names) if (name.startsWith('.')) reached.add(normalize(join(dirname(file), name)));
  }
  return project;
}

function importsOf(file: string): string[] {
  if (!file.endsWith('.js') || !existsSync(file)) return [];
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, name]) => name!);
}
