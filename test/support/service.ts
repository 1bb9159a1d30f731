import { type ChildProcess, spawn } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { DiscordServer } from '../platforms/discord/discordServer.js';
import type { SlackServer } from '../platforms/slack/slackServer.js';
import { temporaryFolder } from './temporaryFolder.js';
import { fixture } from './tinyModel.js';
import { until } from './until.js';

/** `ghosttree serve` as an operator runs it, connected to platforms on loopback. */
export class Service {
  /** Undefined as long as it runs. */
  exitCode: number | null | undefined;
  private stderr = '';

  private constructor(readonly process: ChildProcess) {
    process.stderr!.on('data', (data) => {
      this.stderr += data;
    });
    process.once('exit', (code) => {
      this.exitCode = code;
    });
  }

  /**
   * @param settings variables, and values for keys under `limits` of ghosttree.yaml
   */
  static async start(
    { slack, discord }: { slack?: SlackServer; discord?: DiscordServer },
    { env = {}, limits = {} }: { env?: Record<string, string>; limits?: Record<string, number> } = {},
  ): Promise<Service> {
    const folder = await temporaryFolder();
    const config = join(folder, 'config');
    await cp(fixture('config'), config, { recursive: true });
    const file = join(config, 'ghosttree.yaml');
    const document = parseDocument(await readFile(file, 'utf8'));
    for (const [name, value] of Object.entries(limits)) document.setIn(['limits', name], value);
    await writeFile(file, String(document));
    const tokens = {
      ...(slack && {
        SLACK_BOT_TOKEN: slack.workspace.options.botToken,
        SLACK_APP_TOKEN: slack.workspace.options.appToken,
        SLACK_API_URL: slack.url,
      }),
      ...(discord && { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl }),
    };
    const child = spawn(process.execPath, [resolve('dist/src/main.js'), 'serve'], {
      cwd: folder,
      env: {
        ...process.env,
        ...tokens,
        NEURONPEDIA_URL: 'off',
        GHOSTTREE_CONFIG: config,
        GHOSTTREE_STORE: join(folder, 'ghosttree.sqlite'),
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const service = new Service(child);
    await until(
      'the service is connected',
      () => service.stderr.includes('Ghosttree is connected to') || service.exitCode !== undefined,
    );
    if (service.exitCode !== undefined) throw new Error(`it ended: ${service.stderr}`);
    return service;
  }

  get output(): string {
    return this.stderr;
  }

  /** The lines of its log. */
  lines(): Record<string, unknown>[] {
    return this.stderr
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  /** @returns the exit code; null when a signal ended it */
  async ended(patience?: number): Promise<number | null> {
    await until('the service ends', () => this.exitCode !== undefined, patience);
    return this.exitCode!;
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }
}
