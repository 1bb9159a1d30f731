import { afterAll, beforeAll, expect, test } from 'vitest';
import { buttonNamed, closeCore, QUICK, QUICK_LINE, Setting } from './setting.js';

let setting: Setting;
beforeAll(async () => {
  setting = await new Setting().start();
});
afterAll(async () => {
  await setting.stop();
  await closeCore();
});

test('a command is acknowledged, announced, and answered in a thread with picture, list and buttons', async () => {
  const channel = setting.freshChannel();
  const interaction = setting.feature(QUICK, channel);
  const ack = await interaction.acknowledged;
  expect(ack).toMatchObject({ type: 4, ephemeral: false });
  expect(ack.latencyMs).toBeLessThan(1000);
  const thread = await setting.threadOf(interaction);

  const [announcement, ...others] = setting.said(channel);
  expect(others).toEqual([]);
  expect(announcement!.content).toMatch(/^\*\*tiny-gpt2 · layer 0 · feature 7 · encoder · scale 2\.69/);
  expect(announcement!.content).toContain('Nearest tokens: ');
  expect(announcement!.content).toContain(`Repeat: /${QUICK_LINE}`);
  expect(announcement!.components).toEqual([]);

  expect(thread.name).toBe('tiny-gpt2 · layer 0 · feature 7');
  const [picture, list, ...rest] = setting.said(thread);
  expect(rest).toEqual([]);
  expect(picture!.attachments).toHaveLength(1);
  const [file] = picture!.attachments;
  expect(file!.filename).toBe('tiny-gpt2-L0-F7-encoder.png');
  expect(file!.bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(file!.description).toContain('Strongest definitions');
  expect(list!.content).toMatch(/^Token list, nearest first\n```\n {2}1 {2}\d\.\d{3} {2}/);
  const buttons = list!.components.map(({ components }) => components!.map(({ label }) => label));
  expect(buttons).toEqual([
    ['Decoder', 'Scale down', 'Scale up', 'More branches', 'Fewer branches'],
    ['JSON'],
  ]);
  expect(buttonNamed(list!, 'Decoder')).toMatch(/^ask:/);
  expect(setting.faults).toEqual([]);
});
