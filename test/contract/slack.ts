import { buttons, shown, Team } from '../adapters/slack/team.js';
import { links, pings } from '../platforms/slack/blocks/mrkdwn.js';
import type { Ack } from '../platforms/slack/transport/delivery.js';
import type { Channel, Message } from '../platforms/slack/types.js';
import { until } from '../support/until.js';
import type { Driver, Person, Room, Said } from './driver.js';
import { repeatLine, reportByButton } from './reading.js';

export const slack: Driver = {
  name: 'Slack',
  lacks: {},
  async connect({ core }) {
    const team = await Team.start(core, { eventRetryDelays: [0] });
    return {
      room: async () => new SlackRoom(team),
      faults: () => [...team.faults, ...team.server.workspace.tolerated.map(String)],
      close: () => team.stop(),
    };
  },
};

class SlackRoom implements Room {
  private readonly channel: Channel;

  constructor(private readonly team: Team) {
    this.channel = team.server.addChannel('room', [team.ada, team.bob]);
  }

  async command(line: string, by: Person = 'ada'): Promise<number> {
    const [, name, arguments_ = ''] =
      /^(feature|explain|activate|sweep|compare|kind|near|dream|daily|settings) (.*)$/s.exec(line) ?? [];
    const [command, text] = name === undefined ? ['/ghosttree', line] : [`/${name}`, arguments_];
    const ack = await this.team.feature(text, { command, channel: this.channel, user: this.team[by] });
    return latency(ack!);
  }

  async commandTwice(line: string): Promise<void> {
    const { server } = this.team;
    const before = server.acks.length;
    server.loseAcks(1);
    await server.mention({ user: this.team.ada.id, channel: this.channel.id, text: line });
    await until(
      'both deliveries are acknowledged',
      () => server.acks.filter(({ latency }) => latency !== null).length === before + 2,
    );
  }

  async follow(line: string, by: Person = 'ada'): Promise<void> {
    const thread = this.team.threads(this.channel)[0]!.ts;
    await this.team.server.mention({ user: this.team[by].id, channel: this.channel.id, text: line, thread });
  }

  async press(label: string, by: Person = 'ada'): Promise<number> {
    const message = this.holding(label, by);
    if (!message) throw new Error(`nobody sees a button ${label}`);
    return latency(await this.team.click(message, label, this.team[by]));
  }

  readonly hasButtons = true;
  offers = (label: string): boolean => this.holding(label, 'ada') !== undefined;

  private holding(label: string, by: Person): Message | undefined {
    const seen = this.ephemerals().filter(({ visibleTo }) => visibleTo === this.team[by].id);
    return [...this.said(), ...seen].findLast((said) =>
      buttons(said).some((button) => button.label === label),
    );
  }

  async cancel(by: Person = 'ada'): Promise<void> {
    await this.press('Cancel', by);
  }

  progress(): string {
    return this.threads().at(-1)?.at(0)?.text ?? '';
  }

  threads(): Said[][] {
    return this.team
      .threads(this.channel)
      .map((parent) => [parent, ...parent.replies].filter(this.isOurs).map((message) => this.read(message)));
  }

  privately(person: Person): string[] {
    return this.ephemerals()
      .filter(({ visibleTo }) => visibleTo === this.team[person].id)
      .map(shown);
  }

  report = () => reportByButton(this);
  howToRepeat = () => repeatLine(this);

  harm(): string[] {
    return [...this.said(), ...this.ephemerals()].flatMap((message) => [
      ...pings(message),
      ...links(message),
    ]);
  }

  private read(message: Message): Said {
    const file = this.team.server.files.find(({ shares }) => shares.some(({ ts }) => ts === message.ts));
    return {
      text: shown(message),
      buttons: buttons(message).map(({ label }) => label),
      file: file && { name: file.name, alt: file.altText ?? undefined, bytes: file.bytes! },
    };
  }

  private said(): Message[] {
    return this.channel.messages.filter(this.isOurs);
  }

  private ephemerals() {
    return this.team.server.ephemerals().filter(({ channel }) => channel === this.channel.id);
  }

  private readonly isOurs = ({ user }: Message) => user === this.team.server.workspace.app.botUser;
}

function latency(ack: Ack): number {
  if (ack.failure !== null || ack.latency === null) throw new Error(`Slack heard no ack: ${ack.failure}`);
  return ack.latency;
}
