import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, isList, shown } from '../adapters/slack/team.js';
import { DiscordServer } from '../platforms/discord/discordServer.js';
import { SlackServer } from '../platforms/slack/slackServer.js';
import type { Channel, User } from '../platforms/slack/types.js';
import { isLong } from '../support/longRun.js';
import { Service } from '../support/service.js';
import { until } from '../support/until.js';

const QUICK = '0 7 cutoff=0.01 tokens=20';
/** Some work, and more than anybody waits for on however quick a machine, where so many nodes are allowed. */
const SECONDS = '0 7 cutoff=1e-8 top=20 close=off nodes=6000 tokens=20';
const LONG = '0 7 cutoff=1e-8 top=20 close=off depth=40 nodes=1000000';
const nodes = 1_000_000;

let slack: SlackServer;
let ada: User;
let general: Channel;
let service: Service;

beforeEach(async () => {
  slack = await new SlackServer().start();
  ada = slack.addUser('ada');
  general = slack.addChannel('general', [ada]);
});
afterEach(async () => {
  service?.kill();
  await slack.stop();
});

const feature = (text: string) =>
  slack.typeCommand({ user: ada.id, channel: general.id, command: '/feature', text });

const answered = () => until('an answer', () => slack.messages(general)[0]?.replies.some(isList));
const growing = () =>
  until('progress with nodes and depth', () =>
    shown(slack.messages(general)[0] ?? {}).includes('nodes, depth'),
  );

test('what runs when the service is told to stop is answered before it stops', async () => {
  service = await Service.start({ slack });
  await feature(SECONDS);
  await until('an announcement', () => slack.messages(general)[0]);
  service.process.kill('SIGTERM');
  expect(await service.ended()).toBe(0);
  expect(slack.messages(general)[0]!.replies.some(isList)).toBe(true);
  const sentences = service.lines().map(({ message }) => message);
  expect(sentences.indexOf('Ghosttree is stopping.')).toBeLessThan(sentences.indexOf('A command ended'));
  expect(service.lines().find(({ message }) => message === 'A command ended')!.outcome).toBe('answered');
});

test('what takes longer than the operator waits is cancelled, and people are told', async () => {
  service = await Service.start({ slack }, { limits: { nodes, drainSeconds: 1 } });
  await feature(LONG);
  await growing();
  const since = performance.now();
  service.process.kill('SIGTERM');
  expect(await service.ended()).toBe(0);
  const took = performance.now() - since;
  expect(took).toBeGreaterThan(1000);
  expect(took).toBeLessThan(isLong ? 5000 : 15_000);
  expect(shown(slack.messages(general)[0]!)).toContain('Cancelled.');
});

test('a second signal ends it at once', async () => {
  service = await Service.start({ slack }, { limits: { nodes } });
  await feature(LONG);
  await growing();
  service.process.kill('SIGTERM');
  await sleep(700);
  expect(service.exitCode).toBeUndefined();
  const since = performance.now();
  service.process.kill('SIGINT');
  expect(await service.ended()).toBe(130);
  // Long before the patience of the first signal ends.
  expect(performance.now() - since).toBeLessThan(isLong ? 1000 : 10_000);
});

test('health, readiness and metrics are answered, and one id goes from the command to the last line', async () => {
  const discord = new DiscordServer();
  await discord.start();
  const port = await freePort();
  try {
    service = await Service.start({ slack, discord }, { env: { OPERATIONS_PORT: String(port) } });
    const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
    const metrics = async () => (await ask('/metrics')).text();
    expect(await (await ask('/healthz')).json()).toEqual({ healthy: true });
    expect(await (await ask('/readyz')).json()).toEqual({ ready: true });

    await feature(QUICK);
    await answered();
    await until('the end of the command in the log', () => service.output.includes('A command ended'));
    const text = await metrics();
    const labels = 'command="feature",platform="slack"';
    expect(text).toContain(`ghosttree_commands_total{${labels},outcome="answered"} 1`);
    for (const count of [
      `answer_seconds_count{${labels}}`,
      'acknowledgement_seconds_count{platform="slack"}',
      'queue_wait_seconds_count{kind="feature"}',
      'computation_seconds_count{kind="feature"}',
      'cache_lookups_total{cache="reports",result="miss"}',
      'inference_up',
      'inference_starts_total',
      'model_open{model="tiny-gpt2"}',
      'platform_connected{platform="slack"}',
      'platform_connected{platform="discord"}',
    ]) {
      expect(text, count).toContain(`ghosttree_${count} 1`);
    }
    // The card and the word tree.
    for (const count of ['render_seconds_count', 'upload_seconds_count{platform="slack"}'])
      expect(text, count).toContain(`ghosttree_${count} 2`);
    for (const state of ['waiting', 'running'])
      expect(text).toContain(`ghosttree_questions{state="${state}"} 0`);
    expect(Number(/^ghosttree_inference_resident_memory_bytes (\S+)/m.exec(text)![1])).toBeGreaterThan(2e7);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);

    const mine = service.lines().filter(({ command }) => command === 'feature');
    expect(mine.map(({ message }) => message)).toEqual(['A command came', 'A command ended']);
    expect(new Set(mine.map(({ id }) => id)).size).toBe(1);
    expect(mine[1]).toMatchObject({ platform: 'slack', outcome: 'answered' });

    await slack.stop();
    await until('the lost connection in the log', () => service.output.includes('the connection is lost'));
    const unready = await ask('/readyz');
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ ready: false, problems: { slack: 'not connected' } });
    expect((await ask('/healthz')).status).toBe(200);
    for (const secret of [discord.token, 'xoxb-', 'xapp-', QUICK])
      expect(service.output).not.toContain(secret);
  } finally {
    await discord.stop();
  }
});

test('an inference process that is killed is counted, logged under the id of the command, and replaced', async () => {
  const port = await freePort();
  service = await Service.start({ slack }, { limits: { nodes }, env: { OPERATIONS_PORT: String(port) } });
  await feature(LONG);
  await growing();
  const { child } = service.lines().find(({ message }) => message === 'The inference process started')!;
  process.kill(child as number, 'SIGKILL');
  const failed = await until('an error in the log', () =>
    service.lines().find(({ level }) => level === 'error'),
  );
  expect(failed.message).toMatch(/^The inference process ended \(SIGKILL\)/);
  const fault = await until('the failed answer in the log', () =>
    service.lines().find(({ message }) => message === 'An answer failed'),
  );
  const came = service.lines().find(({ message }) => message === 'A command came')!;
  expect([failed.id, fault.id]).toEqual([came.id, came.id]);
  await feature(QUICK);
  await until('an answer to the second question', () => slack.messages(general)[1]?.replies.some(isList));
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toContain('ghosttree_inference_deaths_total 1');
  expect(text).toContain('ghosttree_inference_starts_total 2');
  expect(text).toContain('ghosttree_commands_total{command="feature",platform="slack",outcome="failed"} 1');
});

test('a port that is taken is one clear line', async () => {
  const port = await freePort();
  service = await Service.start({ slack }, { env: { OPERATIONS_PORT: String(port) } });
  await expect(Service.start({ slack }, { env: { OPERATIONS_PORT: String(port) } })).rejects.toThrow(
    `ghosttree: Port ${port} is used by another program: set OPERATIONS_PORT to another.`,
  );
});
