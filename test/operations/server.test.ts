import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InputError } from '../../src/core/index.js';
import { Metrics, type OperationsServer, Readiness, startOperations } from '../../src/operations/index.js';
import { ownTime } from '../support/ownTime.js';

let metrics: Metrics;
let readiness: Readiness;
let server: OperationsServer;

beforeEach(async () => {
  metrics = new Metrics({ commands: ['feature'], models: ['gloss-12l'] });
  readiness = new Readiness();
  server = await startOperations({ host: '127.0.0.1', port: 0 }, metrics, readiness);
});
afterEach(() => server.close());

const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });

test('readiness names the parts that do not work, and why, without what an error may hold', async () => {
  expect(await (await ask('/readyz')).json()).toEqual({
    ready: false,
    problems: { process: 'it is starting' },
  });
  let trouble: string | undefined;
  readiness.watch('slack', () => trouble);
  readiness.watch('store', async () => void 0);
  readiness.running();
  const ready = await ask('/readyz');
  expect([ready.status, await ready.json()]).toEqual([200, { ready: true }]);

  trouble = 'not connected';
  readiness.watch('store', () => Promise.reject(new Error('postgres://ghost:password@db')));
  readiness.watch('queue', () => new Promise(() => {}));
  const unready = await ask('/readyz');
  expect(unready.status).toBe(503);
  expect(await unready.json()).toEqual({
    ready: false,
    problems: { slack: 'not connected', store: 'it does not work', queue: 'no answer in time' },
  });
  expect((await ask('/healthz')).status).toBe(200);
});

test('a process that stops is not ready any more', async () => {
  readiness.running();
  readiness.stopping();
  readiness.running();
  expect(await (await ask('/readyz')).json()).toEqual({
    ready: false,
    problems: { process: 'it is stopping' },
  });
});

test('HEAD says what GET would, without the body', async () => {
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const [head, get] = [await ask(path, 'HEAD'), await ask(path)];
    expect([head.status, head.headers.get('content-type')]).toEqual([
      get.status,
      get.headers.get('content-type'),
    ]);
    expect(await head.text()).toBe('');
    expect(await get.text()).not.toBe('');
  }
});

test('nothing else is answered', async () => {
  for (const path of ['/', '/metrics/', '/env', '/__proto__', '/toString', '//healthz']) {
    expect((await ask(path)).status, path).toBe(404);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const response = await ask('/metrics', method);
    expect([response.status, response.headers.get('allow')], method).toEqual([405, 'GET, HEAD']);
  }
  expect((await ask('/healthz?verbose=1')).status).toBe(200);
});

test('a caller that says nothing does not keep it from closing', async () => {
  const socket = connect(server.port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.on('error', () => {});
  socket.write('GET /metrics HTTP/1.1\r\nHost:');
  const since = ownTime();
  await server.close();
  expect(ownTime() - since).toBeLessThan(1000);
  server = await startOperations({ host: '127.0.0.1', port: 0 }, metrics, readiness);
});

test('a port or an address that cannot be had is one clear line', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const taken = startOperations({ host: '127.0.0.1', port }, metrics, readiness);
  await expect(taken).rejects.toThrow(
    new InputError(`Port ${port} is used by another program: set OPERATIONS_PORT to another.`),
  );
  other.close();
  const nowhere = startOperations({ host: '192.0.2.1', port: 0 }, metrics, readiness);
  await expect(nowhere).rejects.toThrow(/^OPERATIONS_HOST 192\.0\.2\.1 with OPERATIONS_PORT 0 cannot/);
});

test('what people type never becomes a label', async () => {
  metrics.answered('my secret plan', 'slack', 'refused', 5);
  metrics.answered('feature', 'telegraph', 'answered', 5);
  metrics.waited('gossip', 5);
  metrics.inference({ type: 'state', residentBytes: 1, models: ['gloss-12l', 'stolen'] });
  const text = await (await ask('/metrics')).text();
  expect(text).toContain('ghosttree_commands_total{command="other",platform="slack",outcome="refused"} 1');
  expect(text).toContain('ghosttree_commands_total{command="feature",platform="other",outcome="answered"} 1');
  expect(text).toContain('ghosttree_queue_wait_seconds_count{kind="other"} 1');
  expect(text).toContain('ghosttree_model_open{model="other"} 1');
  expect(text).not.toMatch(/secret|telegraph|gossip|stolen/);
});
