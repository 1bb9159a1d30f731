import { webApi } from '@slack/bolt';
import { DiscordAPIError, HTTPError } from 'discord.js';
import { ReplyError } from 'ioredis';
import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import { type LogSettings, secretsOf } from '../../src/configuration/operating.js';
import { createLog } from '../../src/operations/index.js';

const BOT = 'xoxb-1234567890-abcdefgh';
const DISCORD = 'MTAxMDEwMTAxMDEwMTAxMDEw.GhOsT1.treeTreeTreeTreeTreeTreeTreeTreeTree';
const variables = {
  SLACK_BOT_TOKEN: BOT,
  SLACK_SIGNING_SECRET: 'signed-by-slack',
  SLACK_API_URL: 'https://slack.example/api/',
  DISCORD_TOKEN: DISCORD,
  HF_TOKEN: 'hub-token-value',
  EXPLAIN_API_KEY: 'key/with+signs=',
  GHOSTTREE_STORE: 'postgres://ghost:pass%40word@db.example/tree',
  QUEUE_URL: 'redis://:redis-password@queue.example:6379',
  HOME: '/home/ghost',
};
const secrets = [
  BOT,
  'signed-by-slack',
  DISCORD,
  'hub-token-value',
  'key/with+signs=',
  'key%2Fwith%2Bsigns%3D',
  'pass@word',
  'pass%40word',
  'redis-password',
];
/** What somebody typed. */
const TYPED = 'activate 10 texts="my private diary of Tuesday"';
const contents = ['private diary', 'whispered to the bot'];

function listening(settings: Partial<LogSettings> = {}) {
  const lines: string[] = [];
  const log = createLog(
    { level: 'info', format: 'json', secrets: secretsOf(variables), debug: false, ...settings },
    (line) => void lines.push(line),
  );
  return { log, lines, parsed: () => lines.map((line) => JSON.parse(line)) };
}

/** Errors as the clients make them, with requests, headers and contents in every place they know. */
function errors(): unknown[] {
  const body = { content: 'whispered to the bot', token: BOT };
  const headers = { authorization: `Bearer ${BOT}` };
  const address = `https://discord.example/api/webhooks/1/${DISCORD}/messages?token=${BOT}`;
  const url = `https://hooks.slack.com/commands/T1/2/secretsecret?x=${BOT}`;
  const database = new DatabaseError(
    'invalid input syntax for type bigint: "whispered to the bot"',
    1,
    'error',
  );
  Object.assign(database, { code: '22P02', detail: `Key (line)=(${TYPED}) exists.`, where: TYPED });
  const redis = new ReplyError(`WRONGPASS invalid password "redis-password"`) as Error;
  Object.assign(redis, { command: { name: 'auth', args: ['redis-password', TYPED] } });
  const bad = { name: 'picture.png', data: Buffer.from('whispered to the bot') };
  const request = { body, files: [bad] };
  return [
    new Error(`could not answer ${TYPED} for ${BOT}`),
    new Error(`connect redis://:redis-password@queue.example:6379 failed`),
    new Error('no luck with postgres://ghost:pass%40word@db.example/tree'),
    new Error(`GET ${url}`, { cause: new Error(`with ${BOT}`, { cause: { headers } }) }),
    new SyntaxError('Unexpected token \'w\', "whispered to the bot" is not valid JSON'),
    new TypeError('fetch failed', { cause: Object.assign(new Error(address), { code: 'ECONNRESET' }) }),
    Object.assign(new Error('Request failed'), { config: { headers, data: body }, response: { body } }),
    new AggregateError([new Error(BOT), new Error(TYPED)], `all failed: ${DISCORD}`),
    Object.assign(new Error(`invalid header: Bot ${DISCORD}`), { name: `Error ${BOT}`, code: BOT }),
    new webApi.WebAPIPlatformError({ ok: false, error: 'invalid_blocks', messages: [TYPED] } as never),
    new webApi.WebAPIRequestError(Object.assign(new Error(`connect to ${url}`), { config: { headers } })),
    new DiscordAPIError({ message: 'Invalid Form Body', code: 50035 }, 50035, 400, 'POST', address, request),
    new HTTPError(502, 'Bad Gateway', 'POST', address, request),
    database,
    redis,
    `a string with ${BOT} and ${TYPED}`,
    { token: BOT, text: TYPED },
    undefined,
    null,
  ];
}

test.each([
  ['json', false],
  ['json', true],
  ['text', true],
] as const)('as %s lines (debug: %s) nothing that is logged holds a secret or a content', (format, debug) => {
  const { log, lines } = listening({ format, debug });
  const command = log.with({ id: '3f9a2c1b7d', command: 'activate' }, [TYPED, 'my private diary of Tuesday']);
  for (const error of errors()) command.fault('An answer failed', error);
  const more = { token: BOT, text: TYPED, line: TYPED, headers: { authorization: BOT } };
  command.info(`Connected with ${BOT} to ${variables.GHOSTTREE_STORE} for ${TYPED}`, more as object);
  command.with(more as object).info('Again', { channel: `slack:${BOT}`, model: TYPED });
  expect(lines).toHaveLength(errors().length + 2);
  const everything = lines.join('');
  for (const secret of [...secrets, ...contents]) expect(everything).not.toContain(secret);
  expect(everything.split('3f9a2c1b7d')).toHaveLength(lines.length + 1);
});

test('a fault says what it is: name, code and message, and where it was only when that is asked for', () => {
  const { log, parsed } = listening();
  log.fault(
    'An answer failed',
    new DiscordAPIError(
      { message: 'Unknown Message', code: 10008 },
      10008,
      404,
      'GET',
      'https://x.example/y',
      {},
    ),
  );
  log.fault(
    'Not read',
    Object.assign(new Error("ENOENT: no such file, open '/data/x'"), {
      code: 'ENOENT',
      errno: -2,
      syscall: 'open',
    }),
  );
  log.fault(
    'Not asked',
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
  );
  log.fault('A slip', new TypeError("Cannot read properties of undefined (reading 'tree')"));
  log.fault('Refused', new Error('Invalid URL https://files.slack.com/upload/v1/abc'));
  expect(parsed().map(({ error }) => error)).toEqual([
    { name: 'DiscordAPIError[10008]', code: 10008, message: 'Unknown Message' },
    { name: 'Error', code: 'ENOENT', message: "ENOENT: no such file, open '/data/x'" },
    { name: 'TypeError', code: 'ECONNREFUSED', message: 'fetch failed' },
    { name: 'TypeError', message: "Cannot read properties of undefined (reading 'tree')" },
    { name: 'Error', message: 'Invalid URL https://files.slack.com/…' },
  ]);
  const { log: talkative, parsed: told } = listening({ debug: true });
  talkative.fault('A slip', new Error(`here: ${BOT}`));
  expect(told()[0].error.stack).toMatch(/^at .*log\.test\.js/);
});

test('a line has a time, a level, a sentence and only the fields that are allowed', () => {
  const { log, parsed } = listening();
  log.with({ id: 'a1', platform: 'slack' }).info('A command ended', {
    outcome: 'answered',
    milliseconds: 12,
    ...({ text: 'no' } as object),
  });
  const { time, pid, hostname, ...rest } = parsed()[0];
  expect(Date.parse(time)).toBeGreaterThan(Date.now() - 60_000);
  expect([typeof pid, typeof hostname]).toEqual(['number', 'string']);
  expect(rest).toEqual({
    level: 'info',
    message: 'A command ended',
    id: 'a1',
    platform: 'slack',
    outcome: 'answered',
    milliseconds: 12,
  });
});

test('for people a line is short', () => {
  const { log, lines } = listening({ format: 'text' });
  log.info('Ghosttree is connected to Slack.');
  log
    .with({ id: 'a1' })
    .fault('Not asked', Object.assign(new Error('fetch failed'), { code: 'ECONNREFUSED' }));
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d Ghosttree is connected to Slack\.\n$/);
  expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d Not asked: fetch failed \[ECONNREFUSED\] \(id=a1\)\n$/);
});

test('a level leaves out what is below it', () => {
  const { log, lines } = listening({ level: 'error' });
  log.info('quiet');
  log.fault('loud', undefined);
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['loud']);
});

test('every variable whose name says so is a secret, and the password of an address', () => {
  expect(
    secretsOf({
      ...variables,
      AWS_SECRET_ACCESS_KEY: 'aws-value',
      KEYBOARD: 'qwertz',
      PROXY: 'http://a:b%c@d',
    }),
  ).toEqual([
    BOT,
    'signed-by-slack',
    DISCORD,
    'hub-token-value',
    'key/with+signs=',
    'pass%40word',
    'pass@word',
    'redis-password',
    'redis-password',
    'aws-value',
    'b%c',
  ]);
});

test.each(['json', 'text'] as const)('what a stranger says steers no terminal (%s)', (format) => {
  const { log, lines } = listening({ format });
  log.info('an answer said \x1b[31m\x07 \u202Efdp.exe \x9b2J\r\u2028');
  log.fault('it failed', new Error('\x1b]0;title\x07'));
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toMatch(/^[^\x00-\x09\x0B-\x1F\x7F-\x9F\u2028-\u202E]+\n$/);
  expect(lines[0]).toContain('\\u202efdp.exe');
});
