/** What follows from the settings. It loads nothing that reads or checks files, so that commands can be listed without. */
import { availableParallelism, totalmem } from 'node:os';
import type { CoreSettings } from '../core/index.js';
import type { JobLimits } from '../jobs/index.js';
import type { CatalogueModel } from './catalogue.js';
import type { Defaults, Settings } from './settings.js';

/** Of the machine's memory, for open models; the rest is for everything else. */
const SHARE_OF_MEMORY = 0.6;

/** What options are worth when a command about this model does not give them. */
export function defaultsOf(model: CatalogueModel, settings: Settings): Defaults {
  return { ...settings.defaults, ...model.defaults } as Defaults;
}

/** The inference core's settings, in its units. */
export function coreSettings({ limits, inference }: Settings): CoreSettings {
  return {
    threads:
      inference.threads === 'auto' ? Math.min(4, Math.max(1, availableParallelism() - 1)) : inference.threads,
    device: inference.device,
    memoryBytes:
      inference.memoryMegabytes === 'auto'
        ? SHARE_OF_MEMORY * machineMemory()
        : inference.memoryMegabytes * 1e6,
    batch: inference.batch,
    treeMilliseconds: limits.treeSeconds * 1000,
    textMilliseconds: limits.textSeconds * 1000,
    listMilliseconds: limits.listSeconds * 1000,
    dreamMilliseconds: limits.dreamSeconds * 1000,
    stallMilliseconds: limits.stallSeconds * 1000,
    graceMilliseconds: limits.graceSeconds * 1000,
  };
}

/** Bytes of memory that this process may use: the machine's, or those of its container where that has fewer. */
function machineMemory(): number {
  const constrained = process.constrainedMemory();
  // Without a limit some systems say 0, others a number beyond all bounds.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** The job queue's limits, in its units. */
export function jobLimits({ limits }: Settings): JobLimits {
  return {
    perPerson: limits.perPerson,
    perChannel: limits.perChannel,
    perWorkspace: limits.perWorkspace,
    altogether: limits.questions,
    cacheBytes: limits.cacheMegabytes * 1e6,
    cacheSeconds: limits.cacheHours * 3600,
  };
}
