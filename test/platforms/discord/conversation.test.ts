import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Interaction,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownTime } from '../../support/ownTime.js';
import { connected } from './client.js';

type Setting = Awaited<ReturnType<typeof connected>>;
let setting: Setting;

/** The smallest PNG: one transparent pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

beforeAll(async () => {
  setting = await connected();
  await setting.client.application?.commands.set([
    {
      name: 'feature',
      description: 'Draws a feature',
      options: [
        { name: 'layer', description: 'Layer', type: 4, required: true, autocomplete: true },
        { name: 'weights', description: 'Side', type: 3, choices: [{ name: 'Encoder', value: 'encoder' }] },
      ],
    },
    { name: 'Explain this feature', type: 3 },
  ]);
});

afterAll(() => setting.stop());

/** Runs `handle` on the next interaction; its error is the test's. */
function onInteraction(handle: (interaction: Interaction) => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    setting.client.once('interactionCreate', (interaction) => {
      handle(interaction).then(resolve, reject);
    });
  });
}

test('a command is deferred, edited, and answered in a thread with a described picture', async () => {
  const { server, ada, channel } = setting;
  const handled = onInteraction(async (interaction) => {
    if (!interaction.isChatInputCommand()) throw new Error('not a command');
    expect(interaction.options.getInteger('layer')).toBe(10);
    await interaction.deferReply();
    const message = await interaction.editReply('Layer 10, growing');
    const thread = await message.startThread({ name: 'L10 F777' });
    const picture = new AttachmentBuilder(PNG, { name: 'tree.png', description: 'A tree of ghosts' });
    await thread.send({ content: 'Here it is', files: [picture] });
  });
  const asked = ownTime();
  const interaction = server.people.typeCommand({
    user: ada,
    channel,
    name: 'feature',
    options: { layer: 10 },
  });
  const ack = await interaction.acknowledged;
  expect(ownTime() - asked).toBeLessThan(1000);
  expect(ack.type).toBe(5);
  await handled;

  const parent = server.original(interaction)!;
  expect(parent.content).toBe('Layer 10, growing');
  expect(server.messages(channel)).toEqual([parent]);
  const thread = server.threadOf(parent)!;
  expect(thread.name).toBe('L10 F777');
  const inThread = server.messages(thread).filter(({ content }) => content !== '');
  expect(inThread.map(({ content }) => content)).toEqual(['Here it is']);
  const [file] = inThread[0]!.attachments;
  expect(file?.filename).toBe('tree.png');
  expect(file?.description).toBe('A tree of ghosts');
  expect(file?.bytes.equals(PNG)).toBe(true);
});

test('a button opens a modal, whose submission updates the message of the button', async () => {
  const { server, ada, channel } = setting;
  const posted = onInteraction(async (interaction) => {
    if (!interaction.isChatInputCommand()) throw new Error('not a command');
    const button = new ButtonBuilder().setCustomId('again').setLabel('Again').setStyle(ButtonStyle.Primary);
    await interaction.reply({
      content: 'Once',
      components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button)],
    });
  });
  const command = server.people.typeCommand({ user: ada, channel, name: 'feature', options: { layer: 1 } });
  await posted;

  const opened = onInteraction(async (interaction) => {
    if (!interaction.isButton()) throw new Error('not a button');
    const input = new TextInputBuilder()
      .setCustomId('scale')
      .setLabel('Scale')
      .setStyle(TextInputStyle.Short);
    await interaction.showModal(
      new ModalBuilder()
        .setCustomId('scale-form')
        .setTitle('Scale')
        .addComponents(new ActionRowBuilder<TextInputBuilder>().addComponents(input)),
    );
  });
  const message = server.original(command)!;
  const click = server.people.clickButton({ user: ada, message, customId: 'again' });
  await opened;
  expect(click.modal?.title).toBe('Scale');

  const submitted = onInteraction(async (interaction) => {
    if (!interaction.isModalSubmit() || !interaction.isFromMessage()) throw new Error('not a modal');
    await interaction.update(`Scale ${interaction.fields.getTextInputValue('scale')}`);
  });
  server.people.submitModal({ interaction: click, values: { scale: '5' } });
  await submitted;
  expect(message.content).toBe('Scale 5');
});

test('a click that is deferred lets the message of the button be edited later', async () => {
  const { server, bob, channel } = setting;
  const message = server.messages(channel).find(({ components }) => components.length > 0)!;
  const handled = onInteraction(async (interaction) => {
    if (!interaction.isButton()) throw new Error('not a button');
    await interaction.deferUpdate();
    await interaction.editReply({ content: 'Twice', components: [] });
    await interaction.followUp({ content: 'Done', flags: MessageFlags.Ephemeral });
  });
  const click = server.people.clickButton({ user: bob, message, customId: 'again' });
  await handled;
  expect(click.ack?.type).toBe(6);
  expect([message.content, message.components]).toEqual(['Twice', []]);
  expect(server.ephemerals(bob).map(({ content }) => content)).toEqual(['Done']);
  expect(() => server.people.clickButton({ user: bob, message, customId: 'again' })).toThrow(
    'no button "again"',
  );
});

test('an option completes itself', async () => {
  const { server, ada, channel } = setting;
  const handled = onInteraction(async (interaction) => {
    if (!interaction.isAutocomplete()) throw new Error('not an autocomplete');
    expect(interaction.options.getFocused(true).name).toBe('layer');
    await interaction.respond([{ name: `Layer ${interaction.options.getFocused()}`, value: 10 }]);
  });
  const choices = await server.people.autocomplete({
    user: ada,
    channel,
    name: 'feature',
    options: { layer: '1' },
    focused: 'layer',
  });
  await handled;
  expect(choices).toEqual([{ name: 'Layer 1', value: 10 }]);
});

test('a context menu shows the text of a message the bot may otherwise not read', async () => {
  const { server, client, ada, bob, channel } = setting;
  const heard = new Promise<string>((resolve) => {
    client.once('messageCreate', (message) => resolve(message.content));
  });
  const message = server.people.say({ user: bob, channel, text: 'look at L10 F777' });
  expect(await heard).toBe('');

  const handled = onInteraction(async (interaction) => {
    if (!interaction.isMessageContextMenuCommand()) throw new Error('not a context menu');
    await interaction.reply({ content: interaction.targetMessage.content, flags: MessageFlags.Ephemeral });
  });
  server.people.contextMenu({ user: ada, message, name: 'Explain this feature' });
  await handled;
  expect(server.ephemerals(ada).map(({ content }) => content)).toEqual(['look at L10 F777']);
  expect(server.ephemerals(bob).map(({ content }) => content)).not.toContain('look at L10 F777');
  expect(server.messages(channel).at(-1)).toBe(message);
});

test('a mention in a thread arrives with its text', async () => {
  const { server, client, ada, channel } = setting;
  const parent = server.messages(channel)[0]!;
  const thread = server.threadOf(parent)!;
  const heard = new Promise<[string, boolean]>((resolve) => {
    client.once('messageCreate', (message) => resolve([message.content, message.channel.isThread()]));
  });
  server.people.mention({ user: ada, channel: thread, text: 'scale=5' });
  expect(await heard).toEqual([`<@${server.bot.id}> scale=5`, true]);
});

test('a direct message is opened, answered and heard', async () => {
  const { server, client, ada } = setting;
  const user = await client.users.fetch(ada.id);
  await user.send('Your picture is ready');
  const channel = server.directChannel(ada);
  expect(server.messages(channel).map(({ content }) => content)).toEqual(['Your picture is ready']);
  const heard = new Promise<string>((resolve) => {
    client.once('messageCreate', (message) => resolve(message.content));
  });
  server.people.say({ user: ada, channel, text: 'thanks' });
  expect(await heard).toBe('thanks');
});

test('a command works in a thread and in direct messages, and is answered there', async () => {
  const { server, ada, channel } = setting;
  const thread = server.threads(channel)[0]!;
  for (const place of [thread, server.directChannel(ada)]) {
    const handled = onInteraction(async (interaction) => {
      if (!interaction.isChatInputCommand()) throw new Error('not a command');
      await interaction.reply(interaction.inGuild() ? 'in the guild' : 'between us');
    });
    server.people.typeCommand({ user: ada, channel: place, name: 'feature', options: { layer: 2 } });
    await handled;
  }
  expect(server.messages(thread).at(-1)?.content).toBe('in the guild');
  expect(server.messages(server.directChannel(ada)).at(-1)?.content).toBe('between us');
});

test('an event that comes twice is answered once, and the second answer is refused', async () => {
  const { server, ada, channel } = setting;
  const reply = async (interaction: Interaction) => {
    if (interaction.isChatInputCommand()) await interaction.reply('once');
  };
  const first = onInteraction(reply);
  const command = server.people.typeCommand({ user: ada, channel, name: 'feature', options: { layer: 3 } });
  await first;
  const second = onInteraction(reply);
  server.redeliver(command);
  await expect(second).rejects.toMatchObject({ code: 40060 });
});
