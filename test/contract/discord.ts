import { splitWords, toRequest } from '../../commands/line/grammar.js';
import { buttonNamed, Setting } from '../adapters/discord/setting.js';
import { isSilent } from '../platforms/discord/reading/pings.js';
import type { Channel, Interaction, Message } from '../platforms/discord/world/records.js';
import type { Driver, Person, Room, Said } from './driver.js';
import { repeatLine, reportByButton } from './reading.js';

/** Discord's number for options that hold text. */
const TEXT = 3;

export const discord: Driver = {
  name: 'Discord',
  lacks: {},
  async connect({ core }) {
    const setting = await new Setting().start(core);
    return {
      room: async () => new DiscordRoom(setting),
      faults: () => setting.faults,
      close: () => setting.stop(),
    };
  },
};

class DiscordRoom implements Room {
  private readonly channel: Channel;

  constructor(private readonly setting: Setting) {
    this.channel = setting.freshChannel();
    setting.server.grant('MentionEveryone', { channel: this.channel });
    for (const permission of ['ManageMessages', 'ManageChannels'] as const)
      setting.server.grant(permission, { channel: this.channel, user: setting.ada });
  }

  command(line: string, by: Person = 'ada'): Promise<number> {
    return latency(this.type(line, by));
  }

  async commandTwice(line: string): Promise<void> {
    const interaction = this.type(line, 'ada');
    this.setting.server.redeliver(interaction);
    await interaction.acknowledged;
    // Events stay in order: when a later one is answered, both were heard.
    await this.command('help', 'bob');
  }

  async follow(text: string, by: Person = 'ada'): Promise<void> {
    const [channel] = this.setting.server.threads(this.channel);
    this.setting.server.people.mention({ user: this.setting[by], channel: channel!, text });
  }

  press(label: string, by: Person = 'ada'): Promise<number> {
    const message = this.holding(label, by);
    if (!message) throw new Error(`nobody sees a button ${label}`);
    const customId = buttonNamed(message, label)!;
    return latency(this.setting.server.people.clickButton({ user: this.setting[by], message, customId }));
  }

  readonly hasButtons = true;
  offers = (label: string): boolean => this.holding(label, 'ada') !== undefined;

  private holding(label: string, by: Person): Message | undefined {
    return [...this.said(), ...this.ephemerals(by)].findLast((said) => buttonNamed(said, label));
  }

  async cancel(by: Person = 'ada'): Promise<void> {
    await this.press('Cancel', by);
  }

  progress(): string {
    return this.threads().at(-1)?.at(0)?.text ?? '';
  }

  threads(): Said[][] {
    return this.setting.said(this.channel).map((parent) => [parent, ...this.below(parent)].map(read));
  }

  privately(person: Person): string[] {
    return this.ephemerals(person).map((message) => read(message).text);
  }

  report = () => reportByButton(this);
  howToRepeat = () => repeatLine(this);

  harm(): string[] {
    const { server } = this.setting;
    const all = [...this.said(), ...this.ephemerals('ada'), ...this.ephemerals('bob')];
    return all.flatMap((message) => [
      ...(isSilent(server.pings(message)) ? [] : [`pings: ${message.content}`]),
      ...server.links(message).map(({ url }) => url),
    ]);
  }

  /** Types a slash command of its own, or into `/ghosttree` what Discord's client would not let one type there. */
  private type(line: string, by: Person): Interaction {
    const { people } = this.setting.server;
    const where = { user: this.setting[by], channel: this.channel };
    const { words, values, quoted } = toRequest(splitWords(line));
    const [name, layer, feature, ...more] = words;
    const texts = words.filter((_, index) => quoted?.has(index));
    if (name === 'activate' && texts.length === 1) {
      // The text is the last word; before it stand a layer, a layer and a feature, or nothing.
      const address = {
        ...(words.length > 2 && { layer: Number(layer) }),
        ...(words.length > 3 && { feature: Number(feature) }),
      };
      const options = { ...address, text: texts[0]!, ...this.typed(name, values) };
      return people.typeCommand({ ...where, name, options });
    }
    if (['feature', 'explain', 'sweep', 'compare', 'kind', 'near', 'dream'].includes(name!)) {
      // A second feature has no fields of its own: both are an address then.
      const address =
        more.length > 0
          ? { address: words.slice(1).join(' ') }
          : { layer: Number(layer), ...(feature === undefined ? {} : { feature: Number(feature) }) };
      try {
        return people.typeCommand({
          ...where,
          name: name!,
          options: { ...address, ...this.typed(name!, values) },
        });
      } catch {}
    }
    if (['daily', 'settings'].includes(name!) && words.length === 2) {
      try {
        return people.typeCommand({
          ...where,
          name: name!,
          options: { do: layer!, ...this.typed(name!, values) },
        });
      } catch {}
    }
    return people.typeCommand({ ...where, name: 'ghosttree', options: { command: line } });
  }

  private typed(command: string, values: Map<string, string>): Record<string, string | number> {
    const known = this.setting.server.commands.find(({ name }) => name === command);
    const declared = (known?.json.options ?? []) as { name: string; type: number }[];
    const isText = (key: string) => declared.find(({ name }) => name === key)?.type === TEXT;
    return Object.fromEntries([...values].map(([key, value]) => [key, isText(key) ? value : Number(value)]));
  }

  /** All that everybody sees, threads after their parents. */
  private said(): Message[] {
    return this.setting.said(this.channel).flatMap((parent) => [parent, ...this.below(parent)]);
  }

  private below(parent: Message): Message[] {
    const thread = this.setting.server.threadOf(parent);
    return thread ? this.setting.said(thread) : [];
  }

  private ephemerals(person: Person): Message[] {
    const { server } = this.setting;
    const here = [this.channel, ...server.threads(this.channel)].map(({ id }) => id);
    return server.ephemerals(this.setting[person]).filter(({ channelId }) => here.includes(channelId));
  }
}

async function latency({ acknowledged }: Interaction): Promise<number> {
  return (await acknowledged).latencyMs;
}

function read({ content, components, attachments: [file] }: Message): Said {
  const buttons = components.flatMap((row) => row.components ?? []).map(({ label }) => label ?? '');
  return {
    text: withoutMarkup(content),
    buttons,
    file: file && { name: file.filename, alt: file.description, bytes: file.bytes },
  };
}

/** Outside code blocks bold marks and backslashes go. */
function withoutMarkup(content: string): string {
  const pieces = content.split(/\n?```\n?/);
  return pieces
    .map((text, index) =>
      index % 2 ? `\n${text}` : text.replaceAll(/(?<!\\)\*\*/g, '').replaceAll(/\\(.)/g, '$1'),
    )
    .join('');
}
