import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A real redis-server on a port of its own, for tests that kill it or set its options; others use `newDatabase`. */
export class RedisServer {
  private process: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'ghosttree-redis-'));

  private constructor(
    readonly port: number,
    private readonly options: string[],
  ) {}

  /** @param options further ones of redis-server, such as `--appendonly yes`; without, nothing survives a kill */
  static async start(...options: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it on the same port, with what it kept. */
  async restart(): Promise<void> {
    const { port, folder, options } = this;
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    this.process = spawn('redis-server', [...own, ...options], { stdio: 'ignore' });
    const client = redisClient(this.url);
    try {
      for (let tries = 0; ; tries++) {
        // It refuses connections, and then commands while it loads what it kept.
        if (await client.ping().catch((error: Error) => error.message.startsWith('NOAUTH'))) return;
        if (tries > 100) {
          await this.kill();
          throw new Error('redis-server does not start');
        }
        await sleep(50);
      }
    } finally {
      client.disconnect();
    }
  }

  /** As a power failure would. */
  async kill(): Promise<void> {
    const { process } = this;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const exited = once(process, 'exit');
    process.kill('SIGKILL');
    await exited;
  }
}

/** A connection for looking inside. */
export function redisClient(url: string): Redis {
  const client = new Redis(url, {
    maxRetriesPerRequest: 0,
    retryStrategy: () => 50,
    enableReadyCheck: false,
  });
  client.on('error', () => {});
  return client;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
