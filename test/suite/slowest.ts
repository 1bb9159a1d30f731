import type { Reporter, TestModule } from 'vitest/node';

const SHOWN = 10;

/**
 * Says at the end of a run how long the slowest files took, how much processors worked for them and for the whole run,
 * and in the last line how many tests passed.
 */
export default class Slowest implements Reporter {
  private readonly begun = performance.now();

  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules
      .map((module) => ({
        name: module.relativeModuleId,
        project: module.project.name,
        total: seconds(module),
        worked: module.meta().processorSeconds?.toFixed(1) ?? '',
      }))
      .sort((a, b) => b.total - a.total);
    if (files.length > 1) {
      console.log(
        `The ${Math.min(SHOWN, files.length)} slowest of ${files.length} files, in seconds, and what processors worked for each:`,
      );
      for (const { total, worked, name, project } of files.slice(0, SHOWN))
        console.log(`${total.toFixed(1).padStart(7)} ${worked.padStart(7)}  ${name} (${project})`);
    }
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const counted = (state: string) => tests.filter((test) => test.result().state === state).length;
    // Threads worked in this process, and the other files in processes of their own.
    const { user, system } = process.cpuUsage();
    const worked = modules.reduce(
      (sum, module) => sum + (module.meta().processorSeconds ?? 0),
      (user + system) / 1e6,
    );
    const took = ((performance.now() - this.begun) / 1000).toFixed(0);
    console.log(`Tests took ${took} s; processors worked for ${(worked / 60).toFixed(1)} min.`);
    console.log(`${counted('passed')} passed, ${counted('failed')} failed, ${counted('skipped')} skipped`);
  }
}

/** From the start of its process to the end of its last test. */
function seconds(module: TestModule): number {
  const { prepareDuration, environmentSetupDuration, setupDuration, collectDuration, duration } =
    module.diagnostic();
  const total = prepareDuration + environmentSetupDuration + setupDuration + collectDuration + duration;
  return total / 1000;
}
