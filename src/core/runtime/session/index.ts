import type { InferenceSession } from 'onnxruntime-node';
import type { Device } from './devices.js';
import { loadOnnxruntime } from './library.js';

/** How onnxruntime may use the machine. */
export interface SessionSettings {
  /** Threads inside one operator. */
  threads: number;
  /** @default cpu */
  device?: Device | undefined;
  /**
   * Whether weights are copied into the form that multiplies fastest. Not worth the memory for a few products.
   * @default true
   */
  prepack?: boolean | undefined;
}

/** Devices that were tried in this process and cannot be used. */
const unusable = new Set<Device>();

/** Typed data with its shape; int64 values are given as plain numbers. */
export type Feed =
  | { type: 'float32'; data: Float32Array; shape: number[] }
  | { type: 'int64'; data: readonly number[] | Int32Array; shape: number[] };

let openSessions = 0;

/** A loaded graph. The only class that touches onnxruntime; `run` blocks the thread it is called on. */
export class Session {
  private constructor(
    private readonly library: Awaited<ReturnType<typeof loadOnnxruntime>>,
    private readonly session: InferenceSession,
  ) {
    openSessions += 1;
  }

  /** Sessions that are open in this process. */
  static get count(): number {
    return openSessions;
  }

  /**
   * @param onnx encoded model
   * @param folder where the files of its external data lie
   */
  static async open(onnx: Uint8Array, folder: string, settings: SessionSettings): Promise<Session> {
    // Before a device is tried, which would be blamed for what is missing.
    await loadOnnxruntime();
    const { device = 'cpu' } = settings;
    if (device !== 'cpu' && !unusable.has(device)) {
      try {
        return await Session.create(onnx, folder, settings, [device, 'cpu']);
      } catch (error) {
        unusable.add(device);
        // Standard error is what the operator reads.
        process.stderr.write(`The device "${device}" cannot be used, the CPU takes over: ${reason(error)}\n`);
      }
    }
    return Session.create(onnx, folder, settings, ['cpu']);
  }

  private static async create(
    onnx: Uint8Array,
    folder: string,
    { threads, prepack = true }: SessionSettings,
    executionProviders: Device[],
  ): Promise<Session> {
    const library = await loadOnnxruntime();
    return new Session(
      library,
      await library.InferenceSession.create(onnx, {
        executionProviders,
        graphOptimizationLevel: 'all',
        // An arena keeps the memory of the largest batch, twice as much while it grows, and is not faster here.
        enableCpuMemArena: false,
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        extra: {
          session: {
            model_external_initializers_file_folder_path: folder,
            disable_prepacking: prepack ? '0' : '1',
            // Spinning threads starve each other and everybody else on a busy machine.
            intra_op: { allow_spinning: '0' },
          },
        },
      }),
    );
  }

  /** Names of the graph's inputs. */
  get inputs(): readonly string[] {
    return this.session.inputNames;
  }

  /** Names of the graph's outputs. */
  get outputs(): readonly string[] {
    return this.session.outputNames;
  }

  /** Computes the outputs named by `fetches`; data comes back in fresh arrays. */
  async run<Name extends string>(
    feeds: Record<string, Feed>,
    fetches: readonly Name[],
  ): Promise<Record<Name, { data: Float32Array | BigInt64Array; shape: readonly number[] }>> {
    const { Tensor } = this.library;
    const tensors: Record<string, InstanceType<typeof Tensor>> = {};
    for (const [name, feed] of Object.entries(feeds)) {
      tensors[name] =
        feed.type === 'float32'
          ? new Tensor('float32', feed.data, feed.shape)
          : new Tensor('int64', BigInt64Array.from(feed.data, BigInt), feed.shape);
    }
    const results = await this.session.run(tensors, fetches);
    return Object.fromEntries(
      fetches.map((name) => [name, { data: results[name]!.data, shape: results[name]!.dims }]),
    ) as Record<Name, { data: Float32Array | BigInt64Array; shape: readonly number[] }>;
  }

  async close(): Promise<void> {
    await this.session.release();
    openSessions -= 1;
  }
}

/** The end of onnxruntime's message; before it stand locations in its source code. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split(' was false. ').at(-1)!.split('\n')[0]!.trim();
}
