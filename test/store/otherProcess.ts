import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** Another process that does something to a store; see child.ts. */
export class OtherProcess {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private heard = () => {};

  constructor(
    deed: 'write' | 'see' | 'migrateHalfWay' | 'hold',
    location: string,
    word: string | number = '',
  ) {
    const program = resolve('dist/test/store/child.js');
    this.child = spawn(process.execPath, [program, deed, location, String(word)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const reader = createInterface({ input: this.child.stdout! });
    reader.on('line', (line) => {
      this.lines.push(line);
      this.heard();
    });
    this.ended = new Promise((done) => reader.once('close', () => done()));
  }

  /** When it has said so many lines. */
  async said(count: number): Promise<void> {
    while (this.lines.length < count) {
      await Promise.race([
        new Promise<void>((done) => {
          this.heard = done;
        }),
        this.ended.then(() => {
          if (this.lines.length < count) throw new Error(`It ended after ${this.lines.length} lines`);
        }),
      ]);
    }
  }

  /** When it has ended by itself and all that it said was heard. */
  end(): Promise<void> {
    return this.ended;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
