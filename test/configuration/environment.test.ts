import { expect, test } from 'vitest';
import {
  readEnvironment,
  readLogSettings,
  readOperations,
  readQueue,
} from '../../src/configuration/environment.js';

test('Socket Mode needs the bot token and the app token', () => {
  expect(readEnvironment({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: ' xapp-2\n' })).toEqual({
    store: 'data/ghosttree.sqlite',
    slack: { botToken: 'xoxb-1', appToken: 'xapp-2' },
  });
});

test('HTTP needs the bot token, the signing secret and a port', () => {
  const variables = {
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 's',
    PORT: '3000',
    SLACK_API_URL: 'https://slack.example/api/',
  };
  expect(readEnvironment(variables).slack).toEqual({
    botToken: 'xoxb-1',
    signingSecret: 's',
    port: 3000,
    apiUrl: 'https://slack.example/api/',
  });
});

const MANY = {
  SLACK_CLIENT_ID: '1.2',
  SLACK_CLIENT_SECRET: 'hush',
  SLACK_STATE_SECRET: 'hush hush hush hush',
  STORE_KEY: 'hush',
};

test('many workspaces need the credentials of the app, a port, and a transport', () => {
  const installing = { clientId: '1.2', clientSecret: 'hush', stateSecret: 'hush hush hush hush' };
  expect(readEnvironment({ ...MANY, SLACK_APP_TOKEN: 'xapp-2', PORT: '3000' })).toEqual({
    store: 'data/ghosttree.sqlite',
    storeKey: 'hush',
    slack: { installing, appToken: 'xapp-2', port: 3000 },
  });
  expect(readEnvironment({ ...MANY, SLACK_SIGNING_SECRET: 's', PORT: '3000' }).slack).toEqual({
    installing,
    signingSecret: 's',
    port: 3000,
  });
});

test('Discord needs its token, and both platforms can run at once', () => {
  const both = readEnvironment({
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_APP_TOKEN: 'xapp-2',
    DISCORD_TOKEN: 't',
    DISCORD_API_URL: 'http://127.0.0.1:1/api',
    GHOSTTREE_STORE: '/var/lib/ghosttree.sqlite',
  });
  expect(both.discord).toEqual({ token: 't', apiUrl: 'http://127.0.0.1:1/api' });
  expect(both.slack).toBeDefined();
  expect(both.store).toBe('/var/lib/ghosttree.sqlite');
});

test('a queue is named by the address of its Redis', () => {
  expect(readQueue({ QUEUE_URL: ' rediss://u:p@queue.example:6380/1\n' })).toBe(
    'rediss://u:p@queue.example:6380/1',
  );
  expect(readQueue({ QUEUE_URL: '' })).toBeUndefined();
});

test.each([
  ['0-3/16', { ids: [0, 1, 2, 3], count: 16 }],
  ['5/6', { ids: [5], count: 6 }],
  ['0,2,4-5/6', { ids: [0, 2, 4, 5], count: 6 }],
  ['auto', undefined],
  ['', undefined],
])('DISCORD_SHARDS=%s names the shards of this process', (text, shards) => {
  expect(readEnvironment({ DISCORD_TOKEN: 't', DISCORD_SHARDS: text }).discord?.shards).toEqual(shards);
});

test.each(['4', '0-3', '3-0/16', '0-16/16', '0,0/2', 'x/2', '/4', '0-3/16/2'])(
  'DISCORD_SHARDS=%s is refused',
  (text) => {
    expect(() => readEnvironment({ DISCORD_TOKEN: 't', DISCORD_SHARDS: text })).toThrow(
      /^DISCORD_SHARDS should name the shards of this process/,
    );
  },
);

test.each([
  [
    { DISCORD_TOKEN: 't', QUEUE_URL: 'http://u:hush@queue.example' },
    /^QUEUE_URL is no address of a Redis server/,
  ],
  [{ DISCORD_TOKEN: 't', QUEUE_URL: 'hush' }, /^QUEUE_URL is no address of a Redis server/],
  [{}, /^No chat platform has a token\. Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN/],
  [{ SLACK_APP_TOKEN: 'xapp-hush' }, /^SLACK_BOT_TOKEN is missing/],
  [
    { SLACK_BOT_TOKEN: 'xoxb-hush' },
    /^SLACK_BOT_TOKEN needs SLACK_APP_TOKEN \(Socket Mode\) or SLACK_SIGNING_SECRET/,
  ],
  [{ SLACK_BOT_TOKEN: 'xoxp-hush' }, /^SLACK_BOT_TOKEN should start with xoxb-/],
  [{ SLACK_BOT_TOKEN: 'xoxb-hush', SLACK_APP_TOKEN: 'hush' }, /^SLACK_APP_TOKEN should start with xapp-/],
  [{ SLACK_BOT_TOKEN: 'xoxb-hush', SLACK_SIGNING_SECRET: 'hush' }, /needs PORT beside it/],
  [{ SLACK_BOT_TOKEN: 'xoxb-hush', SLACK_SIGNING_SECRET: 'hush', PORT: 'x' }, /needs PORT beside it/],
  [{ ...MANY, STORE_KEY: '' }, /^STORE_KEY is missing: many workspaces need SLACK_CLIENT_ID/],
  [{ ...MANY, SLACK_CLIENT_ID: '', STORE_KEY: '' }, /^SLACK_CLIENT_ID and STORE_KEY are missing/],
  [{ ...MANY, SLACK_STATE_SECRET: 'hush' }, /^SLACK_STATE_SECRET should be at least 16 characters/],
  [{ ...MANY, SLACK_BOT_TOKEN: 'xoxb-hush' }, /^SLACK_BOT_TOKEN is for one workspace/],
  [MANY, /^SLACK_CLIENT_ID needs SLACK_APP_TOKEN \(Socket Mode\) or SLACK_SIGNING_SECRET/],
  [{ ...MANY, SLACK_APP_TOKEN: 'xapp-hush' }, /^SLACK_CLIENT_ID needs PORT beside it/],
  [{ ...MANY, SLACK_SIGNING_SECRET: 'hush' }, /^SLACK_SIGNING_SECRET needs PORT beside it/],
  [{ DISCORD_TOKEN: 'hush', DISCORD_API_URL: 'hush' }, /^DISCORD_API_URL is no web address/],
])('%j is refused with the remedy and without the secret', (variables, message) => {
  expect(() => readEnvironment(variables)).toThrow(message);
  expect(() => readEnvironment(variables)).not.toThrow(/hush/);
});

test('the log is text in a terminal and JSON elsewhere, unless something else is asked for', () => {
  const all = { level: 'info', secrets: [], debug: false };
  expect(readLogSettings({}, true)).toEqual({ ...all, format: 'text' });
  expect(readLogSettings({}, false)).toEqual({ ...all, format: 'json' });
  const variables = {
    LOG_FORMAT: 'JSON',
    LOG_LEVEL: ' warn',
    GHOSTTREE_DEBUG: '1',
    HF_TOKEN: 'hub-token',
    PORT: '3000',
  };
  expect(readLogSettings(variables, true)).toEqual({
    format: 'json',
    level: 'warn',
    secrets: ['hub-token'],
    debug: true,
  });
  expect(() => readLogSettings({ LOG_LEVEL: 'loud' }, true)).toThrow(
    /^LOG_LEVEL is no level; expected one of silent/,
  );
  expect(() => readLogSettings({ LOG_FORMAT: 'xml' }, true)).toThrow(
    /^LOG_FORMAT is no format; expected json/,
  );
});

test('health and metrics are answered when a port is set, to this machine only unless another address is', () => {
  expect(readOperations({})).toBeUndefined();
  expect(readOperations({ OPERATIONS_PORT: ' ' })).toBeUndefined();
  expect(readOperations({ OPERATIONS_PORT: '9464' })).toEqual({ host: '127.0.0.1', port: 9464 });
  const everywhere = { OPERATIONS_PORT: '9464', OPERATIONS_HOST: '0.0.0.0' };
  expect(readOperations(everywhere)).toEqual({ host: '0.0.0.0', port: 9464 });
  for (const port of ['-1', '70000', 'http', '9.5']) {
    expect(() => readOperations({ OPERATIONS_PORT: port })).toThrow(/^OPERATIONS_PORT is no port/);
  }
});
