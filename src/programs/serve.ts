import { listCommands } from '../../commands/index.js';
import type { RunningAdapter } from '../adapters/chat/adapter.js';
import { chatLine } from '../adapters/chat/chatLine.js';
import { Conversations } from '../adapters/chat/conversations.js';
import { InterruptedAnswers } from '../adapters/chat/interrupted.js';
import { DailyRunner } from '../adapters/clock/index.js';
import {
  type Environment,
  readEnvironment,
  readLogSettings,
  readNeuronpedia,
  readOperations,
} from '../configuration/environment.js';
import { type Configuration, coreSettings, jobLimits, readConfiguration } from '../configuration/index.js';
import { withFilesElsewhere } from '../configuration/manifest.js';
import { createCore, InputError } from '../core/index.js';
import { createEvidence } from '../evidence/index.js';
import { createExplainer } from '../explanation/index.js';
import type { Jobs } from '../jobs/index.js';
import { LocalJobs } from '../jobs/local/localJobs.js';
import {
  createLog,
  InferenceWatch,
  type Log,
  Metrics,
  meteredCore,
  meteredJobs,
  Readiness,
  startOperations,
  supervise,
} from '../operations/index.js';
import { openStore, readKeys } from '../store/index.js';

/** Time after the drain to cancel the rest, tell people, and end the inference process. */
const REST_MILLISECONDS = 4_000;

/**
 * `ghosttree serve`: runs until SIGTERM or SIGINT, then waits for running answers, announces what it could not
 * finish and ends.
 *
 * @throws {InputError} when no platform has a token, or one is wrong
 */
export async function runService(words: readonly string[]): Promise<void> {
  if (words.length > 0)
    throw new InputError('serve takes no arguments: tokens come from the environment (see .env.example).');
  const log = createLog(readLogSettings());
  const environment = readEnvironment();
  const operationsPlace = readOperations();
  const configuration = readConfiguration();
  const drainMilliseconds = configuration.settings.limits.drainSeconds * 1000;
  const supervised = supervise(log, drainMilliseconds + REST_MILLISECONDS);
  const readiness = new Readiness();
  const metrics = new Metrics({
    commands: listCommands().map(({ name }) => name),
    models: [...configuration.models.keys()],
  });
  const server = operationsPlace && (await startOperations(operationsPlace, metrics, readiness));
  try {
    const service = await serve(environment, configuration, { log, metrics, readiness });
    supervised.running(() => service.stop(drainMilliseconds));
    log.info(`Ghosttree is connected to ${service.platforms.join(' and ')}.`);
  } catch (error) {
    await server?.close();
    throw error;
  }
}

/** The bot while it runs. */
export interface Service {
  /** Names of the connected platforms. */
  platforms: string[];
  /**
   * Takes no more commands and waits this long for those that run; then cancels and announces the rest, disconnects,
   * and ends the inference process.
   */
  stop(drainMilliseconds?: number): Promise<void>;
}

/** What shows operators how the bot is. */
export interface Operations {
  log: Log;
  metrics: Metrics;
  readiness: Readiness;
}

/**
 * Connects every platform that has a token to one core, one queue and one store.
 *
 * @throws {InputError} when a token is wrong or the store cannot be opened; nothing is left running then
 */
export async function serve(
  { slack, discord, store: location, storeKey, queue }: Environment,
  configuration: Configuration,
  { log, metrics, readiness }: Operations,
): Promise<Service> {
  if (slack) checkNodeForSlack();
  const neuronpedia = readNeuronpedia();
  const evidence = createEvidence(neuronpedia && { ...neuronpedia, log: (message) => log.info(message) });
  const explainer = createExplainer(configuration.settings.explain);
  const { auditDays } = configuration.settings;
  const keys = storeKey ? readKeys(storeKey) : undefined;
  const jobs = meteredJobs(await openJobs(queue, configuration, { log, metrics, readiness }), metrics);
  const store = await openStore(location, { keys, auditDays }).catch(async (error: unknown) => {
    await jobs.close();
    throw error;
  });
  const { models } = configuration;
  const reachable = queue ? { ...configuration, models: withFilesElsewhere(models) } : configuration;
  const context = {
    configuration: reachable,
    jobs,
    evidence,
    explainer,
    schedules: store.schedules,
    placeSettings: store.settings,
    typed: chatLine,
  };
  const conversations = new Conversations(context, store, log, metrics);
  readiness.watch('store', async () => void (await store.check()));
  const adapters: RunningAdapter[] = [];
  const interrupted = new InterruptedAnswers(conversations.underWay, adapters, log);
  let daily: DailyRunner | undefined;
  const stop = async (drainMilliseconds = 0) => {
    readiness.stopping();
    // No more commands are taken while the running ones end or are cancelled; people can still be told.
    const halted = daily?.stop();
    const closed = adapters.map((adapter) => adapter.close());
    await conversations.drain(drainMilliseconds);
    await conversations.close();
    await Promise.all([halted, interrupted.stop()]);
    await Promise.allSettled(closed);
    await jobs.close();
    await store.close();
  };
  try {
    // discord.js first: Bolt's HTTP client replaces the one that discord.js would find. Either is loaded where it is used.
    if (discord) {
      const { startDiscord } = await import('../adapters/discord/index.js');
      adapters.push(await startDiscord(discord, conversations, reachable, log));
    }
    if (slack) {
      const { startSlack } = await import('../adapters/slack/index.js');
      adapters.push(await startSlack(slack, conversations, reachable, log, store));
    }
    const boards = adapters.map(({ board }) => board);
    daily = new DailyRunner({ book: store.schedules, store, context, boards, log, meters: metrics });
    daily.start();
    interrupted.start();
  } catch (error) {
    await stop();
    throw error;
  }
  for (const { name, isConnected } of adapters) {
    readiness.watch(name.toLowerCase(), () => (isConnected() ? undefined : 'not connected'));
    metrics.watchPlatform(name.toLowerCase(), isConnected);
  }
  readiness.running();
  return { platforms: adapters.map(({ name }) => name), stop };
}

/** The queue to workers where there is one; else one in this process, with an inference process of its own. */
async function openJobs(
  url: string | undefined,
  { settings }: Configuration,
  { log, metrics, readiness }: Operations,
): Promise<Jobs> {
  const limits = jobLimits(settings);
  if (!url) {
    const inference = new InferenceWatch(log, (event) => metrics.inference(event));
    readiness.watch('inference', () => inference.problem());
    return new LocalJobs(meteredCore(createCore(coreSettings(settings), inference.heard), metrics), limits);
  }
  const { SharedJobs } = await import('../jobs/shared/index.js');
  const shared = await SharedJobs.connect({ url, limits, log });
  readiness.watch('queue', () => shared.problem());
  return shared;
}

/** Slack's client needs an HTTP library that older versions of Node.js 20 cannot run. */
function checkNodeForSlack(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 18)) {
    throw new InputError(`Slack needs Node.js 20.18.1 or newer; this is ${process.version}.`);
  }
}
