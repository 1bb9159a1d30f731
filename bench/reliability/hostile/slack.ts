import { manifestScopes } from '../../../src/adapters/slack/workspaces/scopes.js';
import { pings } from '../../../test/platforms/slack/blocks/mrkdwn.js';
import { SlackServer } from '../../../test/platforms/slack/slackServer.js';
import type { Channel, Fields, Message, User } from '../../../test/platforms/slack/types.js';
import { until } from '../../../test/support/until.js';
import type { Dice } from '../../soak/dice.js';
import type { HostilePlatform } from './chats.js';
import { MutatingProxy } from './mutatingProxy.js';
import { mutateJson, mutateText } from './mutations.js';

const COMMANDS = ['/feature', '/ghosttree', '/activate', '/sweep', '/kind', '/compare', '/dream', '/explain'];
const LINE = '0 7 scale=4 cutoff=0.02 tokens=5';

/** Slack over Socket Mode. */
export class HostileSlack implements HostilePlatform {
  readonly name = 'Slack';
  hostile = false;
  changed = 0;
  private readonly people: User[];
  private readonly channel: Channel;

  private constructor(
    private readonly server: SlackServer,
    readonly answers: MutatingProxy,
    dice: Dice,
  ) {
    this.people = [server.addUser('ada'), server.addUser('bob')];
    this.channel = server.addChannel('hostile', this.people);
    const { socketMode } = server;
    const deliver = socketMode.deliver.bind(socketMode);
    socketMode.deliver = (delivery, ack) => {
      if (!this.hostile || dice.chance(0.2)) return deliver(delivery, ack);
      this.changed++;
      return deliver({ ...delivery, payload: mutateJson(delivery.payload, dice) as Fields }, ack);
    };
  }

  static async start(dice: Dice): Promise<HostileSlack> {
    const server = await new SlackServer({ scopes: manifestScopes(), fileSharing: 5 }).start();
    return new HostileSlack(server, await new MutatingProxy(server.url, dice).start(), dice);
  }

  async stop(): Promise<void> {
    await this.answers.stop();
    await this.server.stop();
  }

  environment(): Record<string, string> {
    const { botToken, appToken } = this.server.workspace.options;
    return { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: this.answers.url };
  }

  act(dice: Dice): void {
    const user = dice.pick(this.people).id;
    const channel = this.channel.id;
    const text = mutateText(LINE, dice);
    const button = this.button(dice);
    const ways: (() => Promise<unknown>)[] = [
      () => this.server.typeCommand({ user, channel, command: dice.pick(COMMANDS), text }),
      () => this.server.mention({ user, channel, text }),
      () => this.server.say({ user, channel: this.server.directMessages(this.people[0]!).id, text }),
      ...(button ? [() => this.server.clickButton({ user, ...button })] : []),
    ];
    // Nobody waits: what is acknowledged late or never is seen by the ordinary question.
    dice
      .pick(ways)()
      .catch(() => {});
  }

  async ordinary(within: number): Promise<void> {
    const user = this.server.addUser('carol');
    const channel = this.server.addChannel('quiet', [user]);
    await this.server.typeCommand({ user: user.id, channel: channel.id, command: '/feature', text: LINE });
    await until(
      'a picture in Slack',
      () => channel.messages.some(({ files }) => files !== undefined),
      within,
    );
  }

  harm(secrets: readonly string[]): { pings: number; secrets: number } {
    const { workspace } = this.server;
    const all = [...workspace.channels.values()].flatMap(({ messages }) => messages);
    const ours = [...all, ...workspace.ephemerals].filter(({ user }) => user === workspace.app.botUser);
    return {
      pings: ours.filter((message) => pings(message).length > 0).length,
      secrets: ours.filter((message) => secrets.some((secret) => JSON.stringify(message).includes(secret)))
        .length,
    };
  }

  private button(dice: Dice): { messageTs: string; actionId: string } | undefined {
    const found = this.channel.messages.flatMap((message) =>
      actionsOf(message).map((actionId) => ({ messageTs: message.ts, actionId })),
    );
    return found.length > 0 ? dice.pick(found) : undefined;
  }
}

function actionsOf({ blocks }: Message): string[] {
  const elements = (blocks ?? []).flatMap((block) => (block.elements as Fields[] | undefined) ?? []);
  return elements.filter(({ type }) => type === 'button').map(({ action_id }) => String(action_id));
}
