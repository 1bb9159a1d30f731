import { afterAll, expect, test } from 'vitest';
import { startDiscord } from '../../../src/adapters/discord/index.js';
import { discordInvite } from '../../../src/adapters/discord/invite.js';
import { InputError } from '../../../src/core/index.js';
import { DiscordServer } from '../../platforms/discord/discordServer.js';
import { notedLog } from '../../support/notedLog.js';
import { until } from '../../support/until.js';
import { closeCore, configuration, QUICK, Setting } from './setting.js';

afterAll(closeCore);

/** Tests here mostly wait, so they wait at the same time, each with a Discord of its own. */
function connected<Args extends unknown[]>(work: (setting: Setting, ...args: Args) => Promise<void>) {
  return async (...args: Args) => {
    const setting = await new Setting().start();
    try {
      await work(setting, ...args);
    } finally {
      await setting.stop();
    }
  };
}

const WRONG_TOKEN = new InputError(
  'DISCORD_TOKEN is not valid: copy it again from https://discord.com/developers/applications, your application, Bot, Reset Token.',
);

/** Starts a second adapter. */
function start({ conversations }: Setting, settings: { token: string; apiUrl?: string }) {
  return startDiscord(settings, conversations, configuration, notedLog());
}

test.concurrent.each(['MTIz.wrong.token', '', 'two\nlines', 'geist👻'])(
  'the wrong token <%s> is one clear line',
  connected(async (setting, token: string) => {
    const { apiUrl } = setting.server;
    await expect(start(setting, { token, apiUrl })).rejects.toEqual(WRONG_TOKEN);
    await expect(discordInvite({ token, apiUrl })).rejects.toEqual(WRONG_TOKEN);
  }),
);

test.concurrent(
  'an API that does not answer is one clear line',
  connected(async (setting) => {
    const stopped = new DiscordServer();
    await stopped.start();
    const { apiUrl } = stopped;
    await stopped.stop();
    const message = `Discord cannot be reached at ${apiUrl} (ECONNREFUSED): check the network, and DISCORD_API_URL if it is set.`;
    await expect(start(setting, { token: 'a.b.c', apiUrl })).rejects.toEqual(new InputError(message));
    await expect(discordInvite({ token: 'a.b.c', apiUrl })).rejects.toEqual(new InputError(message));
  }),
);

test.concurrent(
  'the invite asks for the bot, its commands and exactly the permissions it needs',
  connected(async (setting) => {
    const { token, apiUrl, world } = setting.server;
    expect(await discordInvite({ token, apiUrl: `${apiUrl}/v10/` })).toBe(
      `https://discord.com/oauth2/authorize?client_id=${world.applicationId}&scope=bot+applications.commands&permissions=309237746688`,
    );
  }),
);

test.concurrent(
  'the start is logged',
  connected(async (setting) => {
    expect(setting.infos).toEqual([
      'Discord: the slash commands were registered anew',
      'Discord: connected as ghosttree, in 1 server',
    ]);
  }),
);

test.concurrent(
  'the bot asks for no privileged intent',
  connected(async (setting) => {
    const [session] = [...setting.server.gateway.sessions.values()];
    expect(session!.intents).toBe((1 << 0) | (1 << 9) | (1 << 10) | (1 << 12) | (1 << 13));
  }),
);

test.concurrent.each([
  ['a connection that is cut', (s: Setting) => s.server.gateway.dropAll()],
  ['a connection that is closed', (s: Setting) => s.server.gateway.closeAll(4000)],
  ['a server that asks to reconnect', (s: Setting) => s.server.gateway.requestReconnect()],
])(
  '%s is resumed, and what was asked meanwhile is answered',
  connected(async (setting, _name: string, cut: (setting: Setting) => void) => {
    const { server, channel } = setting;
    cut(setting);
    const interaction = setting.feature(QUICK, channel);
    await until('the session is resumed', () => server.gateway.counts.resume === 1);
    expect(setting.said(await setting.threadOf(interaction))).toHaveLength(2);
    expect(setting.said(channel)).toHaveLength(1);
    expect(server.gateway.counts.identify).toBe(1);
  }),
);

test.concurrent(
  'a session that is gone is begun anew',
  connected(async (setting) => {
    const { server, channel } = setting;
    server.gateway.forgetSessions();
    server.gateway.dropAll();
    await until('a new session', () => server.gateway.counts.identify === 2);
    await until('the new session is connected', () =>
      [...server.gateway.sessions.values()].some(({ isConnected }) => isConnected),
    );
    expect(setting.said(await setting.threadOf(setting.feature(QUICK, channel)))).toHaveLength(2);
  }),
);

test.concurrent(
  'commands that cannot be registered are reported, and old ones answered',
  connected(async (setting) => {
    const { server, channel } = setting;
    const [feature] = server.commands;
    server.world.commands.set(feature!.id, { ...feature!, json: { ...feature!.json, description: 'Old' } });
    await setting.disconnect();
    server.faults.refuse('PUT /applications/:application/commands', 'missingAccess');
    await setting.connect();
    expect(setting.faults).toEqual([
      'Discord: the slash commands could not be registered: DiscordAPIError[50001]: Missing Access',
    ]);
    await setting.threadOf(setting.feature(QUICK, channel));
  }),
);

test.concurrent(
  'an event that discord.js cannot read is dropped, and the next is answered',
  connected(async (setting) => {
    const { server, channel } = setting;
    const [session] = server.gateway.sessions.values();
    session!.dispatch({
      t: 'INTERACTION_CREATE',
      d: { type: 2, data: { type: 1 }, app_permissions: 'none' },
      intent: 0,
    });
    await until('a fault', () => setting.faults[0]);
    expect(setting.faults[0]).toContain('Discord: an event was dropped');
    await setting.threadOf(setting.feature(QUICK, channel));
  }),
);

test.concurrent(
  'closing ends the session and hears nothing more',
  connected(async (setting) => {
    const { server, channel } = setting;
    await setting.disconnect();
    await until('no open connection', () => server.gateway.connections.size === 0);
    expect(server.gateway.sessions.size).toBe(0);
    setting.feature(QUICK, channel);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(setting.said(channel)).toEqual([]);
  }),
);
