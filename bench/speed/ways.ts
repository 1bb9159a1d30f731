import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { WeightType } from '../../src/core/index.js';
import type { DefinitionsAnswer, TreeAnswer, WayQuestion } from './way.js';

/** A running `way.js`. */
export class Way {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts it; the model is open when this returns, and its files are derived. */
  static async open(dtype: WeightType, threads: number, batch: number): Promise<Way> {
    const child = fork(new URL('./way.js', import.meta.url), [dtype, threads, batch].map(String), {
      serialization: 'advanced',
    });
    await once(child, 'message');
    return new Way(child);
  }

  tree(nodes: number): Promise<TreeAnswer> {
    return this.ask({ ask: 'tree', nodes });
  }

  definitions(width: number, longest: number): Promise<DefinitionsAnswer> {
    return this.ask({ ask: 'definitions', width, longest });
  }

  async close(): Promise<void> {
    this.child.disconnect();
    await once(this.child, 'exit');
  }

  private async ask<Answer>(question: WayQuestion): Promise<Answer> {
    this.child.send(question);
    const [answer] = await once(this.child, 'message');
    return answer as Answer;
  }
}
