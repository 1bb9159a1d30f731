import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { findProgram } from '../../src/programs/index.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const docker = readFileSync('Dockerfile', 'utf8')
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll('\\\n', '');
const stages = docker.split(/^(?=FROM )/m);
const instructions = (name: string, text = docker) =>
  [...text.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, rest]) => rest!);
const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
const variables = [...readFileSync('.env.example', 'utf8').matchAll(/^(\w+)=/gm)].map(([, name]) => name!);
const isProgram = (name: string) => findProgram(name) !== undefined;

test('what the image copies exists, and goes to the engine', () => {
  const sources = instructions('COPY')
    .filter((copy) => !copy.startsWith('--from'))
    .flatMap((copy) => copy.split(' ').slice(0, -1));
  expect(sources.length).toBeGreaterThan(10);
  expect(sources.filter((source) => !existsSync(source))).toEqual([]);
  const sent = (source: string) => ignored.includes(`!${source.split('/')[0]}`);
  expect(sources.filter((source) => !sent(source))).toEqual([]);
  expect(ignored[1]).toBe('*');
});

test('what package.json ships is in the image', () => {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
  const copied = instructions('COPY', stages.at(-1)).flatMap((copy) => copy.split(' '));
  const isIn = (file: string) => copied.some((path) => file === path || file.startsWith(`${path}/`));
  expect(files.filter((file) => !file.startsWith('!') && !isIn(file))).toEqual([]);
});

test('the image is made with a Node.js that is maintained, and the clone asks for the same', () => {
  const bases = instructions('FROM').filter((base) => base.includes(':'));
  const wanted = readFileSync('.nvmrc', 'utf8').trim();
  expect(['22', '24']).toContain(wanted);
  expect(new Set(bases.map((base) => base.split(' ')[0]))).toEqual(new Set([`node:${wanted}-bookworm-slim`]));
});

test('the image runs a program of ours, without a shell and not as root, and writes below /data only', () => {
  const last = stages.at(-1)!;
  const [entry] = instructions('ENTRYPOINT', last);
  expect(JSON.parse(entry!)).toEqual(['node', 'dist/src/main.js']);
  const [command] = instructions('CMD', last);
  expect(isProgram((JSON.parse(command!) as string[])[0]!)).toBe(true);
  expect(instructions('USER', last)).toEqual(['1000:1000']);
  expect(instructions('VOLUME', last)).toEqual(['/data']);
  const environment = instructions('ENV', last)
    .join(' ')
    .matchAll(/(\w+)=(\S+)/g);
  const set = new Map([...environment].map(([, name, value]) => [name!, value!]));
  expect([set.get('GHOSTTREE_STORE'), set.get('GHOSTTREE_MODELS')]).toEqual([
    '/data/ghosttree.sqlite',
    '/data/models',
  ]);
  expect(last).toMatch(/HEALTHCHECK [^\n]*CMD \["node",.*\/healthz/);
});

test('the composed services run programs of ours, with a read-only system', () => {
  const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true });
  expect(Object.keys(services)).toEqual(['front', 'worker', 'redis', 'postgres']);
  for (const name of ['front', 'worker']) {
    const { read_only, volumes, cap_drop } = services[name];
    expect([read_only, cap_drop]).toEqual([true, ['ALL']]);
    for (const volume of volumes) expect(volume).toMatch(/:\/data/);
  }
  for (const service of Object.values(services) as { mem_limit?: string }[])
    expect(service.mem_limit).toMatch(/^(\$\{\w+:-)?\d+g\}?$/);
  const text = readFileSync('docs/operating.md', 'utf8');
  for (const [, name] of readFileSync('compose.yaml', 'utf8').matchAll(/\$\{(\w+_MEMORY):/g))
    expect(text).toContain(`\`${name}\``);
  expect(isProgram(services.front.command[0])).toBe(true);
  expect(services.redis.command.join(' ')).toMatch(/--appendonly yes.*--maxmemory-policy noeviction/);
  expect(services.postgres.profiles).toEqual(['postgres']);
});

test('systemd starts a program of ours as nobody in particular, and gives it time to stop', () => {
  const unit = readFileSync('deploy/ghosttree.service', 'utf8');
  const [, program] = /^ExecStart=\/usr\/bin\/node dist\/src\/main\.js (\w+)$/m.exec(unit)!;
  expect(isProgram(program!)).toBe(true);
  for (const line of [
    'DynamicUser=yes',
    'ProtectSystem=strict',
    'NoNewPrivileges=yes',
    'StateDirectory=ghosttree',
    'MemoryDenyWriteExecute=no',
    'TimeoutStopSec=30',
    'MemoryMax=4G',
    'OOMPolicy=continue',
  ])
    expect(unit).toContain(`\n${line}\n`);
  const set = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name!);
  expect(set.filter((name) => name !== 'NODE_ENV' && !variables.includes(name))).toEqual([]);
});

test('the nightly copy is made by a program of ours, of the same store, as the same user', () => {
  const [service, backup] = ['ghosttree', 'ghosttree-backup'].map((name) =>
    readFileSync(`deploy/${name}.service`, 'utf8'),
  ) as [string, string];
  const [, program] = /^ExecStart=\/usr\/bin\/node dist\/src\/main\.js (\w+)$/m.exec(backup)!;
  expect(isProgram(program!)).toBe(true);
  for (const name of ['WorkingDirectory', 'User', 'DynamicUser', 'StateDirectory', 'Environment']) {
    const lines = [...service.matchAll(new RegExp(`^${name}=.*$`, 'gm'))].map(([line]) => line);
    const own = [...backup.matchAll(new RegExp(`^${name}=.*$`, 'gm'))].map(([line]) => line);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((line) => !lines.includes(line))).toEqual([]);
  }
  expect(readFileSync('deploy/ghosttree-backup.timer', 'utf8')).toMatch(/^OnCalendar=/m);
});

test.each<[string, object, RegExp]>([
  ['has no checksum', { integrity: undefined }, /no strong checksum/],
  ['has a weak one', { integrity: 'sha1-abc' }, /no strong checksum/],
  ['comes from git', { resolved: 'git+ssh://git@example.com/x.git' }, /comes from git\+ssh/],
  ['comes over plain HTTP', { resolved: 'http://example.com/x.tgz' }, /comes from http/],
  ['is a folder', { link: true }, /is a link/],
  ['runs something', { hasInstallScript: true }, /run a script/],
  ['has another licence', { license: 'GPL-3.0' }, /licence GPL-3\.0/],
  ['has none', { license: undefined }, /licence nothing/],
])('the audit refuses a package that %s', async (_, change, complaint) => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const file = join(await temporaryFolder(), 'package-lock.json');
  Object.assign(lock.packages['node_modules/zod'], change);
  writeFileSync(file, JSON.stringify(lock));
  const { status, stderr } = spawnSync(process.execPath, ['script/auditLock.mjs', file], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(complaint);
  expect(stderr).toMatch(/^zod /);
});

test('the audit has nothing against the packages that there are', () => {
  const { status } = spawnSync(process.execPath, ['script/auditLock.mjs']);
  expect(status).toBe(0);
});
