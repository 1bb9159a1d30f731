import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoted, splitLine } from '../../commands/line/grammar.js';
import type { FeatureReport } from '../../src/core/index.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttree, type Run, startGhosttree } from '../support/terminal.js';
import type { Driver, Person, Room, Said } from './driver.js';

const ONE_PERSON = 'a terminal has one person, whose process answers nobody else';
const NO_THREADS = 'a terminal has no threads: what comes next is typed anew';

export const terminal: Driver = {
  name: 'terminal',
  lacks: {
    acknowledgements: 'a terminal runs the command itself: there is nobody to acknowledge it to',
    'alt text': 'the picture is a file, and files have no alt text; the same is printed',
    threads: NO_THREADS,
    buttons: 'a terminal has no buttons; its report comes by --json and is tested so',
    deliveries: 'nothing is delivered to a terminal, so nothing arrives twice',
    people: ONE_PERSON,
  },
  async connect({ config }) {
    const rooms: TerminalRoom[] = [];
    return {
      async room() {
        const room = new TerminalRoom(await temporaryFolder(), config);
        rooms.push(room);
        return room;
      },
      faults: () => [],
      async close() {
        await Promise.all(rooms.map((room) => room.end()));
      },
    };
  },
};

/** One command of the program, in a folder of its own. */
class TerminalRoom implements Room {
  private run: Run | undefined;
  private isRunning = false;
  private line = '';

  constructor(
    private readonly folder: string,
    private readonly config: string,
  ) {}

  async command(line: string): Promise<number> {
    if (this.run) throw new Error('one command a room');
    this.line = line;
    this.isRunning = true;
    const run = await startGhosttree(splitLine(line), { cwd: this.folder, config: this.config });
    this.run = run;
    const ended = () => {
      this.isRunning = false;
    };
    run.outcome.then(ended, ended);
    return 0;
  }

  async cancel(): Promise<void> {
    this.run?.interrupt();
  }

  progress(): string {
    return this.run?.stderr ?? '';
  }

  /** What is printed beside a picture is an answer. */
  threads(): Said[][] {
    // The line after it is the last one: what is printed before it may come alone.
    const { stdout } = this;
    const [, printed] = /^((?:Picture: .+\n)+)Repeat: .*\n/m.exec(stdout) ?? [];
    if (printed === undefined) return [];
    const files = [...printed.matchAll(/^Picture: (.+)$/gm)].map(([, name]) => ({
      text: '',
      file: { name: name!, bytes: readFileSync(join(this.folder, name!)) },
    }));
    const list = stdout.slice(stdout.indexOf('Token list'), stdout.indexOf('Picture: '));
    const said = [{ text: stdout }, ...files, { text: list.trimEnd() }];
    return [said.map((part) => ({ ...part, buttons: [] }))];
  }

  /** Everything else; an error on stderr, after lines that show progress. */
  privately(person: Person): string[] {
    if (person !== 'ada' || this.isRunning || this.threads().length > 0) return [];
    const [, error = ''] = /^ghosttree: (.*)\n$/ms.exec(this.progress()) ?? [];
    return [error, this.stdout.trimEnd()].filter((text) => text !== '');
  }

  async report(): Promise<FeatureReport> {
    const { stdout } = await ghosttree([...splitLine(this.line), '--json'], { config: this.config });
    return JSON.parse(stdout) as FeatureReport;
  }

  async howToRepeat(): Promise<string> {
    const { sae, parameters } = await this.report();
    const written = (value: unknown) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value));
    const options = Object.entries(parameters).map(([key, value]) => `${key}=${quoted(written(value))}`);
    return ['feature', sae.layer, sae.feature, ...options].join(' ');
  }

  harm(): string[] {
    return [...(this.stdout + this.progress()).matchAll(/(?!\n)\p{C}/gu)].map(([character]) =>
      JSON.stringify(character),
    );
  }

  commandTwice = () => lacking();
  follow = () => lacking();
  press = () => lacking();
  readonly hasButtons = false;
  offers = () => false;

  /** A test that failed may have left it at work. */
  async end(): Promise<void> {
    this.run?.interrupt();
    await this.run?.outcome;
  }

  private get stdout(): string {
    return this.run?.stdout ?? '';
  }
}

async function lacking(): Promise<never> {
  throw new Error('see lacks');
}
