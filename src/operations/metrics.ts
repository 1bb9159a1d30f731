import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { InferenceEvent, QuestionKind } from '../core/index.js';

/** Buckets in seconds: people notice one second, platforms wait three, and long trees take minutes. */
const MOMENTS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10];
const WORK = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600];

export type Outcome = 'answered' | 'refused' | 'cancelled' | 'failed';
export type PostOutcome = 'posted' | 'skipped' | 'failed';

/** Values that labels may have; any other is counted as `other`. */
export interface MetricWords {
  commands: readonly string[];
  models: readonly string[];
}

const PLATFORMS = ['slack', 'discord', 'terminal', 'clock'];
const KINDS = Object.keys({
  compare: true,
  feature: true,
  kind: true,
  kinds: true,
  near: true,
  sweep: true,
  activate: true,
  strongest: true,
  dream: true,
  survey: true,
} satisfies Record<QuestionKind, true>);

/**
 * The numbers of one process, for Prometheus. Its methods are the interfaces through which other folders measure;
 * their labels are bounded, so that nobody's text becomes a time series.
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly platform = new BoundedLabel(PLATFORMS);
  private readonly kind = new BoundedLabel(KINDS);
  private readonly command: BoundedLabel;
  private readonly model: BoundedLabel;

  private readonly commands = this.counter('commands_total', 'Commands that came to an end', [
    'command',
    'platform',
    'outcome',
  ]);
  private readonly acknowledgement = this.histogram(
    'acknowledgement_seconds',
    'From an event to its acknowledgement',
    MOMENTS,
    ['platform'],
  );
  private readonly queueWait = this.histogram(
    'queue_wait_seconds',
    'From a question to the first sign that it is worked on',
    WORK,
    ['kind'],
  );
  private readonly computation = this.histogram('computation_seconds', 'Answers of the core', WORK, ['kind']);
  private readonly render = this.histogram('render_seconds', 'Drawing a picture', MOMENTS);
  private readonly upload = this.histogram(
    'upload_seconds',
    'Handing a picture or file to the platform',
    WORK,
    ['platform'],
  );
  private readonly answer = this.histogram('answer_seconds', 'From an event to the last reply', WORK, [
    'command',
    'platform',
  ]);
  private readonly lookups = this.counter(
    'cache_lookups_total',
    'Reports and drawings that were looked for',
    ['cache', 'result'],
  );
  private readonly questions = this.gauge('questions', 'Unfinished questions that were asked here', [
    'state',
  ]);
  private readonly connected = this.gauge('platform_connected', 'Whether a platform is connected', [
    'platform',
  ]);
  private readonly up = this.gauge('inference_up', 'Whether the inference process runs');
  private readonly starts = this.counter('inference_starts_total', 'Starts of an inference process');
  private readonly deaths = this.counter('inference_deaths_total', 'Ends of one that were not asked for');
  private readonly memory = this.gauge('inference_resident_memory_bytes', 'Memory of the inference process');
  private readonly open = this.gauge('model_open', 'Models that are open', ['model']);
  private readonly posts = this.counter('daily_posts_total', 'Posts of the day', ['outcome']);

  /** Update the numbers that are only looked up when they are read. */
  private readonly onRead: (() => void)[] = [];

  constructor({ commands, models }: MetricWords) {
    this.command = new BoundedLabel(commands);
    this.model = new BoundedLabel(models);
    for (const state of ['waiting', 'running']) this.questions.set({ state }, 0);
    // Memory, processor time, garbage collection and the delay of the event loop, by the names that dashboards know.
    collectDefaultMetrics({ register: this.registry });
  }

  /** A command came to an end this many milliseconds after its event. */
  answered(command: string, platform: string, outcome: Outcome, milliseconds: number): void {
    const labels = { command: this.command.of(command), platform: this.platform.of(platform) };
    this.commands.inc({ ...labels, outcome });
    this.answer.observe(labels, milliseconds / 1000);
  }

  acknowledged(platform: string, milliseconds: number): void {
    this.acknowledgement.observe({ platform: this.platform.of(platform) }, milliseconds / 1000);
  }

  uploaded(platform: string, milliseconds: number): void {
    this.upload.observe({ platform: this.platform.of(platform) }, milliseconds / 1000);
  }

  rendered(milliseconds: number): void {
    this.render.observe(milliseconds / 1000);
  }

  waited(kind: string, milliseconds: number): void {
    this.queueWait.observe({ kind: this.kind.of(kind) }, milliseconds / 1000);
  }

  computed(kind: string, milliseconds: number): void {
    this.computation.observe({ kind: this.kind.of(kind) }, milliseconds / 1000);
  }

  lookedUp(cache: 'reports' | 'drawings', isHit: boolean): void {
    this.lookups.inc({ cache, result: isHit ? 'hit' : 'miss' });
  }

  /** One question more, or one fewer, is in this state. */
  questionsChanged(state: 'waiting' | 'running', by: 1 | -1): void {
    this.questions.inc({ state }, by);
  }

  /** A post of the day was made, left out or given up. */
  posted(outcome: PostOutcome): void {
    this.posts.inc({ outcome });
  }

  /** @param isConnected asked whenever the numbers are read */
  watchPlatform(platform: string, isConnected: () => boolean): void {
    const label = { platform: this.platform.of(platform) };
    this.onRead.push(() => this.connected.set(label, isConnected() ? 1 : 0));
  }

  inference(event: InferenceEvent): void {
    if (event.type === 'started') {
      this.starts.inc();
      this.up.set(1);
    } else if (event.type === 'state') {
      this.memory.set(event.residentBytes);
      this.showModels(event.models);
    } else if (event.type === 'ended') {
      this.up.set(0);
      this.memory.set(0);
      this.showModels([]);
      if (!event.expected) this.deaths.inc();
    }
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    for (const read of this.onRead) read();
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The names of all metrics. */
  names(): string[] {
    return this.registry.getMetricsAsArray().map(({ name }) => name);
  }

  private showModels(models: readonly string[]): void {
    this.open.reset();
    for (const model of models) this.open.set({ model: this.model.of(model) }, 1);
  }

  private counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `ghosttree_${name}`, help, labelNames, registers: [this.registry] });
  }

  private gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name: `ghosttree_${name}`, help, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, help: string, buckets: number[], labelNames: string[] = []): Histogram {
    return new Histogram({
      name: `ghosttree_${name}`,
      help,
      labelNames,
      buckets,
      registers: [this.registry],
    });
  }
}

/** Values of a label: each makes a new time series, so there must be few, and none that people made up. */
class BoundedLabel {
  private readonly words: ReadonlySet<string>;

  constructor(words: readonly string[]) {
    this.words = new Set(words);
  }

  of(text: string): string {
    return this.words.has(text) ? text : 'other';
  }
}
