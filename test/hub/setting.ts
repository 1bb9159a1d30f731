import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Manifest } from '../../src/configuration/manifest.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttree, type Outcome } from '../support/terminal.js';
import { fixture } from '../support/tinyModel.js';
import { HubServer } from './hubServer.js';
import { type Repository, repository } from './repository.js';

export const HOOKS = ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post'];

/** The tiny checkpoint on a Hub, an operator's configuration that names it, and a machine that has nothing of it. */
export class Setting {
  readonly server = new HubServer();
  readonly model: Repository;
  readonly saes: Repository;
  folder = '';
  environment: Record<string, string> = {};

  constructor(name: 'tiny-gpt2' | 'tiny-gpt2-sharded' = 'tiny-gpt2') {
    this.model = repository('tiny/gpt2', { [fixture(name)]: '' });
    this.saes = repository(
      'tiny/saes',
      Object.fromEntries(HOOKS.map((hook) => [fixture(name, 'saes', hook), hook])),
    );
    this.server.repositories.push(this.model, this.saes);
  }

  async open(revision = this.model.commit): Promise<this> {
    await this.server.start();
    this.folder = await temporaryFolder();
    await cp(fixture('config'), join(this.folder, 'config'), { recursive: true });
    await mkdir(join(this.folder, 'huggingface'));
    await this.catalogue({ revision });
    this.environment = {
      GHOSTTREE_MODELS: join(this.folder, 'models'),
      HF_ENDPOINT: this.server.endpoint,
      HF_HOME: join(this.folder, 'huggingface'),
      HF_HUB_CACHE: '',
      HF_TOKEN: '',
    };
    return this;
  }

  /** Writes models.yaml. */
  async catalogue({
    repository = this.model.name,
    revision = this.model.commit,
    path = '"{hook}"',
  }): Promise<void> {
    const lines = [
      'tiny-hub:',
      '  title: a random GPT-2 on the Hub',
      `  hub: { repository: ${repository}, revision: ${revision} }`,
      '  sae:',
      '    release: tiny-hub-res',
      '    hook: blocks.{layer}.hook_resid_post',
      '    features: 48',
      `    hub: { repository: ${this.saes.name}, revision: ${this.saes.commit} }`,
      `    path: ${path}`,
      '    layers: { 0: {}, 1: {} }',
      '',
    ];
    const tiny = await readFile(fixture('config/models.yaml'), 'utf8');
    await writeFile(join(this.folder, 'config/models.yaml'), `${tiny}\n${lines.join('\n')}`);
  }

  close(): Promise<void> {
    return this.server.stop();
  }

  /** Path of a file of the pulled model. */
  file(...path: string[]): string {
    return join(this.folder, 'models/tiny-hub', ...path);
  }

  async manifest(): Promise<Manifest> {
    return JSON.parse(await readFile(this.file('manifest.json'), 'utf8'));
  }

  /** Runs the program to its end. */
  run(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
    return ghosttree(args, {
      config: join(this.folder, 'config'),
      env: { ...this.environment, ...env },
    });
  }

  /** Runs the program where no file may grow larger than so many KiB. */
  limited(args: string[], kibibytes: number): Promise<Outcome> {
    const env = { ...process.env, GHOSTTREE_CONFIG: join(this.folder, 'config'), ...this.environment };
    const script = `ulimit -f ${kibibytes}; exec "$@"`;
    const program = [process.execPath, resolve('dist/src/main.js'), ...args];
    return new Promise((done) => {
      execFile('bash', ['-c', script, 'bash', ...program], { env }, (error, stdout, stderr) =>
        done({ code: error ? Number(error.code ?? 255) : 0, stdout, stderr }),
      );
    });
  }

  /** Starts the program. */
  start(args: string[], env: Record<string, string> = {}): Running {
    const child = spawn(process.execPath, [resolve('dist/src/main.js'), ...args], {
      cwd: this.folder,
      env: {
        ...process.env,
        GHOSTTREE_CONFIG: join(this.folder, 'config'),
        ...this.environment,
        ...env,
      },
    });
    return new Running(child);
  }
}

/** The program while it runs. */
export class Running {
  output = '';
  readonly ended: Promise<number | null>;

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (this.output += text));
    this.ended = new Promise((done) => child.once('exit', done));
  }

  /** @returns exit code, null when the signal ended it */
  end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}
