import { type Core, type CoreSettings, createCore } from '../../src/core/index.js';

const cores = new Map<string, Core>();

/**
 * The core for these settings that the runs of the program in this process share: to start an inference process and to
 * open a model in it takes longer than most answers. It stays open until the test file ends, whoever closes it before.
 */
export function sharedCore(settings: CoreSettings): Core {
  const key = JSON.stringify(settings);
  const core = cores.get(key) ?? createCore(settings);
  cores.set(key, core);
  return { ask: core.ask, close: async () => {} };
}

/** Ends the inference processes. */
export async function endSharedCores(): Promise<void> {
  const ending = [...cores.values()];
  cores.clear();
  await Promise.all(ending.map((core) => core.close()));
}
