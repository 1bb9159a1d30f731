import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** PostgreSQL refuses to run as root: the tests' server is then somebody who owns nothing else. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const USER = 'ghosttree';
const PASSWORD = 'only for tests';

/** A PostgreSQL server of its own on loopback, with nothing kept after the tests. */
export class PostgresServer {
  private constructor(
    private readonly folder: string,
    readonly port: number,
    private server: ChildProcess,
  ) {}

  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'ghosttree-postgres-'));
    const password = join(folder, 'password');
    writeFileSync(password, PASSWORD);
    if (NOBODY.uid) for (const path of [folder, password]) chownSync(path, NOBODY.uid, NOBODY.gid);
    execFileSync(
      program('initdb'),
      ['-D', join(folder, 'data'), '-U', USER, '-A', 'scram-sha-256', '--pwfile', password, '--no-sync'],
      { ...NOBODY, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const port = await freePort();
    const started = new PostgresServer(folder, port, launch(folder, port));
    process.once('exit', started.kill);
    await started.ready();
    return started;
  }

  /** Address of a database on this server. */
  url(database: string, password = PASSWORD): string {
    return `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${this.port}/${database}`;
  }

  /** Runs a statement as the server's owner. @returns the rows */
  async execute(statement: string): Promise<unknown[]> {
    const client = new Client({ connectionString: this.url('postgres') });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** As after a crash of the machine: connections break, and what was committed is there when it starts again. */
  async crash(): Promise<void> {
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.kill('SIGQUIT');
    await ended;
  }

  async startAgain(): Promise<void> {
    this.server = launch(this.folder, this.port);
    await this.ready();
  }

  async stop(): Promise<void> {
    process.off('exit', this.kill);
    await this.crash();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private readonly kill = () => {
    this.server.kill('SIGQUIT');
  };

  private async ready(): Promise<void> {
    for (const end = Date.now() + 30_000; ; await sleep(20)) {
      try {
        await this.execute('SELECT 1');
        return;
      } catch (error) {
        if (Date.now() > end || this.server.exitCode !== null) throw error;
      }
    }
  }
}

function launch(folder: string, port: number): ChildProcess {
  const settings = ['fsync=off', 'max_connections=60', 'shared_buffers=16MB', 'unix_socket_directories='];
  return spawn(
    program('postgres'),
    [
      '-D',
      join(folder, 'data'),
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      ...settings.flatMap((s) => ['-c', s]),
    ],
    { ...NOBODY, cwd: folder, stdio: 'ignore' },
  );
}

/** Debian keeps the server's programs of each version in a folder of its own, which is not in the PATH. */
function program(name: string): string {
  const versions = '/usr/lib/postgresql';
  const [newest] = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  return newest ? join(versions, newest, 'bin', name) : name;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return (address as { port: number }).port;
}
