import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

/** What a process does that is supervised and then does this. */
function supervised(body: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const operations = pathToFileURL('dist/src/operations/index.js');
  const script = `
    import { createLog, supervise } from '${operations}';
    const secrets = ['the-secret-token'];
    const log = createLog({ level: 'info', format: 'json', secrets, debug: false });
    const supervised = supervise(log, 1000);
    const stop = async () => { console.log('stopped in good order'); };
    const idle = setInterval(() => {}, 1000);
    ${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })));
}

test.each([
  ['a promise that nobody heard', `Promise.reject(new Error('with the-secret-token'));`],
  ['an error that nobody caught', `setTimeout(() => { throw new TypeError('with the-secret-token'); });`],
])('%s is logged without secrets, and the process ends in good order with exit code 1', async (_, fault) => {
  const { code, stdout, stderr } = await supervised(`supervised.running(stop); ${fault}`);
  expect(code).toBe(1);
  expect(stdout).toBe('stopped in good order\n');
  const [line, ...more] = stderr.trim().split('\n');
  expect(more).toEqual([]);
  expect(JSON.parse(line!)).toMatchObject({
    level: 'error',
    message: 'A fault that nobody caught: Ghosttree is stopping.',
    error: { message: 'with [hidden]' },
  });
});

test('a fault before anything runs ends the process with exit code 1', async () => {
  const { code, stderr } = await supervised(`Promise.reject(new Error('early'));`);
  expect(code).toBe(1);
  expect(stderr).toContain('early');
});

test('a signal before anything runs ends the process as signals do', async () => {
  const { code } = await supervised(`process.kill(process.pid, 'SIGTERM');`);
  expect(code).toBe(143);
});

test('stopping that hangs ends after its limit', async () => {
  const { code, stderr } = await supervised(
    `supervised.running(() => new Promise(() => {})); process.kill(process.pid, 'SIGTERM');`,
  );
  expect(code).toBe(1);
  expect(stderr).toContain('Stopping took too long');
});

test('a signal that comes twice in one moment, as launchers pass it on, came once', async () => {
  const { code, stdout } = await supervised(`
    supervised.running(async () => { await new Promise((resolve) => setTimeout(resolve, 100)); await stop(); });
    process.kill(process.pid, 'SIGINT');
    setTimeout(() => process.kill(process.pid, 'SIGINT'), 20);`);
  expect(code).toBe(0);
  expect(stdout).toBe('stopped in good order\n');
});
