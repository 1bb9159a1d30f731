import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporaryFolder.js';
import { ghosttreeProcess } from './terminal.js';

/** What the program itself loaded; processes that it started are not counted. */
export interface Loaded {
  /** Files of ours, as `src/main.js`, in the order in which they were loaded. */
  own: string[];
  /** Names of packages. */
  packages: string[];
}

/** Runs the program, and asks V8 which files it had. */
export async function loadedBy(args: string[]): Promise<Loaded> {
  const folder = await temporaryFolder();
  await ghosttreeProcess(args, { env: { NODE_V8_COVERAGE: folder } });
  for (const name of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
      result: { url: string }[];
    };
    const files = result
      .filter(({ url }) => url.startsWith('file:'))
      .map(({ url }) => relative(resolve('.'), fileURLToPath(url)));
    if (!files.includes('dist/src/main.js')) continue;
    const packages = files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
    return {
      own: files.filter((file) => file.startsWith('dist/')).map((file) => file.slice('dist/'.length)),
      packages: [...new Set(packages)].sort(),
    };
  }
  throw new Error('The program wrote no coverage.');
}
