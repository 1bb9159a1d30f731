import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest on a quiet machine, the longest of each project first. */
const LONGEST = [
  'core/features/hybrid/list',
  'project/report',
  'contract/discord',
  'jobs/sharedFaults',
  'adapters/clock/posts',
  'contract/slack',
  'hub/faults',
  'contract/terminal',
  'operations/service',
  'adapters/terminal/shell',
  'adapters/terminal/out',
  'store/crash',
  'programs/serve',
].map((name) => `dist/test/${name}.test.js`);

/**
 * Begins each project with the files that take longest, so that at its end no processor waits for another one. Vitest
 * knows what took long only where it ran before; elsewhere it begins with the largest files, and these are short.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = LONGEST.filter((name) => !existsSync(name));
    if (gone.length > 0)
      throw new Error(`test/suite/longestFirst.ts names what is not there: ${gone.join(', ')}`);
    // A project's files stay together: a process is used again only for the next file of its project.
    const projects = new Map<string, TestSpecification[]>();
    for (const file of await super.sort(files)) {
      const { name } = file.project;
      projects.set(name, [...(projects.get(name) ?? []), file]);
    }
    return [...projects.values()].flatMap((sorted) => sorted.sort((a, b) => rankOf(a) - rankOf(b)));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.indexOf(relative(process.cwd(), moduleId));
  return rank < 0 ? LONGEST.length : rank;
}
