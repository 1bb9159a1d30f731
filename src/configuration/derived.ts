/** Values derived from the settings. Loads nothing that reads or checks files, so that listing commands stays fast. */
import { availableParallelism, totalmem } from 'node:os';
import {
  type Asked,
  askedBy,
  type CoreSettings,
  PARAMETER_NAMES,
  PARAMETERS,
  type ParameterCommand,
  type ParameterValues,
  parameterNamed,
} from '../core/index.js';
import type { JobLimits } from '../jobs/index.js';
import type { CatalogueModel } from './catalogue.js';
import type { Settings } from './settings.js';

/** Share of the machine's memory for open models. */
const SHARE_OF_MEMORY = 0.6;

/** Default values of all parameters for a command about this model. */
export function defaultsFor(
  command: ParameterCommand,
  model: CatalogueModel,
  settings: Settings,
): Omit<ParameterValues, 'model'> {
  const variants = PARAMETER_NAMES.flatMap((name) => {
    const value = parameterNamed(name).variants?.[command]?.default;
    return value === undefined ? [] : [[name, value]];
  });
  return {
    bos: PARAMETERS.bos.default,
    ...settings.defaults,
    ...settings.dream,
    ...(model.defaults as Partial<ParameterValues>),
    ...Object.fromEntries(variants),
  };
}

/** Default values of the parameters that a command's question about this model has. */
export function defaultsOf<Command extends ParameterCommand = 'feature'>(
  model: CatalogueModel,
  settings: Settings,
  command = 'feature' as Command,
): Asked<Command> {
  const values = defaultsFor(command, model, settings);
  const asked = askedBy(command) as (keyof typeof values)[];
  return Object.fromEntries(asked.map((name) => [name, values[name]])) as Asked<Command>;
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

/** Bytes of memory that this process may use: the machine's, or its container's where that has fewer. */
function machineMemory(): number {
  const constrained = process.constrainedMemory();
  // Without a limit some systems report 0, others a huge number.
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
