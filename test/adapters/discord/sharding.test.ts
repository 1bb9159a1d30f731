import { afterAll, expect, test } from 'vitest';
import type { RunningAdapter } from '../../../src/adapters/chat/adapter.js';
import type { Conversations } from '../../../src/adapters/chat/conversations.js';
import { startDiscord } from '../../../src/adapters/discord/index.js';
import type { Shards } from '../../../src/configuration/platforms.js';
import { InputError } from '../../../src/core/index.js';
import { DiscordServer } from '../../platforms/discord/discordServer.js';
import type { Sharding } from '../../platforms/discord/gateway/shards.js';
import type { Channel, User } from '../../platforms/discord/world/records.js';
import { notedLog } from '../../support/notedLog.js';
import { until } from '../../support/until.js';
import { closeCore, configuration, QUICK, Setting } from './setting.js';

afterAll(closeCore);

/** Four shards that may identify at once. */
const FOUR: Partial<Sharding> = { shards: 4, maxConcurrency: 4, identifyMs: 5_000 };

/** A process of the bot that notes what it would answer. */
interface Process {
  shards: Shards | undefined;
  heard: string[];
  infos: string[];
  adapter: RunningAdapter;
}

/** A Discord with a channel in a guild of each shard, and the processes that are started for it. */
class Split {
  readonly server: DiscordServer;
  readonly processes: Process[] = [];
  ada!: User;
  channels: Channel[] = [];

  constructor(private readonly sharding: Partial<Sharding>) {
    this.server = new DiscordServer({ sharding });
  }

  async start(...processes: (Shards | undefined)[]): Promise<this> {
    const { server } = this;
    await server.start();
    this.ada = server.addUser('ada');
    for (let shard = 0; shard < (this.sharding.shards ?? 1); shard++) {
      this.channels.push(
        server.addChannel(server.addGuild(`Lab ${shard}`, [this.ada], { shard }), 'features'),
      );
    }
    await Promise.all(processes.map((shards) => this.run(shards)));
    return this;
  }

  async run(shards?: Shards): Promise<void> {
    const { token, apiUrl } = this.server;
    const heard: string[] = [];
    const infos: string[] = [];
    const conversations = { ask: async ({ line }: { line: string }) => void heard.push(line) };
    const log = notedLog(infos);
    const settings = { token, apiUrl, shards };
    const adapter = await startDiscord(
      settings,
      conversations as unknown as Conversations,
      configuration,
      log,
    );
    this.processes.push({ shards, heard, infos, adapter });
  }

  /** The process that was given this shard. */
  withShard(id: number): Process {
    return this.processes.find(({ shards }) => shards?.ids.includes(id))!;
  }

  mention(shard: number, text: string): void {
    this.server.people.mention({ user: this.ada, channel: this.channels[shard]!, text });
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map(({ adapter }) => adapter.close()));
    await this.server.stop();
  }
}

function split(
  sharding: Partial<Sharding>,
  shards: (Shards | undefined)[],
  work: (split: Split) => Promise<void>,
) {
  return async () => {
    const setting = new Split(sharding);
    try {
      await work(await setting.start(...shards));
    } finally {
      await setting.stop();
    }
  };
}

test.concurrent('one process has as many shards as Discord recommends, and answers in guilds of each', async () => {
  const setting = await new Setting({ sharding: FOUR }).start();
  const { server, ada } = setting;
  expect([...server.gateway.sessions.values()].map(({ shard }) => shard.join()).sort()).toEqual([
    '0,4',
    '1,4',
    '2,4',
    '3,4',
  ]);
  expect(setting.infos).toEqual([
    'Discord: the slash commands were registered anew',
    'Discord: connected as ghosttree, in 1 server, with shards 0, 1, 2, 3 of 4',
  ]);
  const channels = [1, 3].map((shard) =>
    server.addChannel(server.addGuild(`Guild of ${shard}`, [ada], { shard }), 'features'),
  );
  for (const channel of channels) {
    expect(setting.said(await setting.threadOf(setting.feature(QUICK, channel)))).toHaveLength(2);
    expect(setting.said(channel)).toHaveLength(1);
  }
  await setting.stop();
});

test.concurrent(
  'processes that share the shards hear every event once, direct messages where shard 0 is',
  split(
    FOUR,
    [
      { ids: [0, 1], count: 4 },
      { ids: [2, 3], count: 4 },
    ],
    async (setting) => {
      const { server, ada } = setting;
      const [first, second] = [setting.withShard(0), setting.withShard(2)];
      for (const shard of [0, 1, 2, 3]) setting.mention(shard, `sweep ${shard} 7`);
      server.people.say({ user: ada, channel: server.directChannel(ada), text: 'sweep 9 9' });
      await until(
        'both processes heard their commands',
        () => first.heard.length === 3 && second.heard.length === 2,
      );
      expect(first.heard.sort()).toEqual(['sweep 0 7', 'sweep 1 7', 'sweep 9 9']);
      expect(second.heard.sort()).toEqual(['sweep 2 7', 'sweep 3 7']);
    },
  ),
);

test.concurrent(
  'the commands are registered by the process that has shard 0',
  split(
    FOUR,
    [
      { ids: [2, 3], count: 4 },
      { ids: [0, 1], count: 4 },
    ],
    async (setting) => {
      expect(setting.server.requests('PUT /applications/:application/commands')).toHaveLength(1);
      expect(setting.withShard(0).infos).toEqual([
        'Discord: the slash commands were registered anew',
        'Discord: connected as ghosttree, in 2 servers, with shards 0, 1 of 4',
      ]);
      expect(setting.withShard(2).infos).toEqual([
        'Discord: connected as ghosttree, in 2 servers, with shards 2, 3 of 4',
      ]);
    },
  ),
);

test.concurrent(
  'a shard whose connection dies is resumed, and the others go on',
  split(FOUR, [undefined], async (setting) => {
    const { server, processes } = setting;
    const [{ heard }] = processes as [Process];
    server.gateway.connectionOf(2)!.socket.terminate();
    setting.mention(2, 'sweep 2 7');
    setting.mention(1, 'sweep 1 7');
    await until('two commands are heard', () => heard.length === 2);
    expect(heard).toEqual(['sweep 1 7', 'sweep 2 7']);
    expect(server.gateway.counts).toEqual({ identify: 4, resume: 1 });
    expect(processes).toHaveLength(1);
  }),
);

test.concurrent(
  'where shards identify one after the other, the start waits for all of them',
  split({ shards: 2, maxConcurrency: 1, identifyMs: 5_000 }, [undefined], async (setting) => {
    const { server, processes } = setting;
    expect(server.gateway.refused).toBe(0);
    expect(processes[0]!.infos.at(-1)).toBe(
      'Discord: connected as ghosttree, in 2 servers, with shards 0, 1 of 2',
    );
    setting.mention(0, 'sweep 0 7');
    setting.mention(1, 'sweep 1 7');
    await until('two commands are heard', () => processes[0]!.heard.length === 2);
  }),
);

test.concurrent(
  'processes that start at the same moment both get in, though Discord refuses one at first',
  split(
    { shards: 2, maxConcurrency: 1, identifyMs: 3_000 },
    [
      { ids: [0], count: 2 },
      { ids: [1], count: 2 },
    ],
    async ({ server, processes }) => {
      expect(server.gateway.refused).toBeGreaterThan(0);
      expect(processes.map(({ infos }) => infos.at(-1)!.split('with ')[1]).sort()).toEqual([
        'shard 0 of 2',
        'shard 1 of 2',
      ]);
    },
  ),
);

test.concurrent('shards that Discord refuses are one clear line', async () => {
  const setting = new Split({});
  await setting.start();
  await expect(setting.run({ ids: [3], count: 3 })).rejects.toEqual(
    new InputError(
      'Discord refuses these shards (close code 4010): leave DISCORD_SHARDS out, or raise the number behind its slash.',
    ),
  );
  await setting.stop();
});

test.concurrent('too few sessions left for the day are one clear line', async () => {
  const setting = new Split({ shards: 4, maxConcurrency: 4, sessions: 3 });
  await setting.start();
  await expect(setting.run()).rejects.toThrow(
    /^Discord lets this bot start 3 more sessions until \d{4}-.*: start it again then/,
  );
  await setting.stop();
});
