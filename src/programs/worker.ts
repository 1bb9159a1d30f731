import type { CatalogueModel } from '../configuration/catalogue.js';
import { readLogSettings, readOperations, readQueue } from '../configuration/environment.js';
import { type Configuration, coreSettings, jobLimits, readConfiguration } from '../configuration/index.js';
import { checkPresent, presenceOf } from '../configuration/manifest.js';
import { createCore, InputError, type Request } from '../core/index.js';
import { type SharedTiming, Workers } from '../jobs/shared/index.js';
import {
  createLog,
  InferenceWatch,
  Metrics,
  meteredCore,
  Readiness,
  startOperations,
  supervise,
} from '../operations/index.js';

/** Time after the drain to hand the current question back and to end the inference process. */
const REST_MILLISECONDS = 4_000;

/**
 * `ghosttree worker [model=gemma-2b ...]`: answers questions from the shared queue until SIGTERM or SIGINT, then
 * finishes the current one, or hands it back where that takes longer, and ends.
 *
 * @param timing for tests
 * @throws {InputError} when QUEUE_URL is missing or wrong, Redis cannot be reached, or a model is not on this machine
 */
export async function runWorker(words: readonly string[], timing: Partial<SharedTiming> = {}): Promise<void> {
  const url = readQueue();
  if (!url)
    throw new InputError('QUEUE_URL is missing: it names the Redis server of the queue (docs/operating.md).');
  const log = createLog(readLogSettings());
  const operationsPlace = readOperations();
  const configuration = readConfiguration();
  const { settings, models } = configuration;
  const served = readModels(words, configuration);
  const { nodes, dreamTokens, drainSeconds } = settings.limits;
  const supervised = supervise(log, drainSeconds * 1000 + REST_MILLISECONDS);
  const metrics = new Metrics({ commands: [], models: served });
  const inference = new InferenceWatch(log, (event) => metrics.inference(event));
  const readiness = new Readiness();
  readiness.watch('inference', () => inference.problem());
  const core = meteredCore(createCore(coreSettings(settings), inference.heard), metrics);
  const workers = await Workers.start({
    url,
    models: served,
    core,
    find: (model, request) => findSource(models.get(model)!, request),
    limits: { ...jobLimits(settings), nodes, dreamTokens },
    log,
    timing: { ...timing, drain: drainSeconds * 1000 },
  });
  readiness.watch('queue', () => workers.problem());
  const server = operationsPlace && (await startOperations(operationsPlace, metrics, readiness));
  readiness.running();
  supervised.running(async () => {
    readiness.stopping();
    await workers.close();
    await server?.close();
  });
  log.info(`Ghosttree answers questions about ${served.join(', ')} from the queue.`);
}

/** The models named, or all that are on this machine. */
function readModels(words: readonly string[], { models }: Configuration): string[] {
  const names = words.flatMap((word) => {
    const [, list] = /^model=(.+)$/.exec(word) ?? [];
    if (!list)
      throw new InputError(
        `worker takes models, not "${word}", as in: ghosttree worker model=gemma-2b model=gpt2-small.`,
      );
    return list.split(',');
  });
  const here = [...models.values()].filter(isHere).map(({ id }) => id);
  for (const name of names) {
    const model = models.get(name);
    if (!model)
      throw new InputError(`${name} is not in models.yaml; models there: ${[...models.keys()].join(', ')}.`);
    if (!isHere(model)) checkPresent(model, presenceOf(model), model.layers[0]!);
  }
  if (names.length === 0 && here.length === 0)
    throw new InputError('No model is on this machine: get one with `ghosttree pull` (docs/models.md).');
  return names.length > 0 ? [...new Set(names)] : here;
}

function isHere(model: CatalogueModel): boolean {
  const { model: isPulled, layers } = presenceOf(model);
  return isPulled && layers.length > 0;
}

/** @throws {InputError} when a layer that the question is about is not on this machine */
function findSource(model: CatalogueModel, request: Request): CatalogueModel {
  const presence = presenceOf(model);
  for (const layer of layersOf(request)) checkPresent(model, presence, layer);
  return model;
}

function layersOf(request: Request): number[] {
  if ('sides' in request) return request.sides.map(({ layer }) => layer);
  return 'layers' in request ? request.layers : [request.layer];
}
