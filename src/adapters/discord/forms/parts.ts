import {
  LabelBuilder,
  ModalBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { shorten } from '../../../text/shorten.js';

/** Choices that Discord allows. */
export const MOST_CHOICES = 25;

/** Discord allows 100 characters for choices and for hints. */
const TEXT_LENGTH = 100;

export function form(id: string, title: string, ...fields: LabelBuilder[]): ModalBuilder {
  return new ModalBuilder()
    .setCustomId(id)
    .setTitle(title)
    .addLabelComponents(...fields);
}

/** Several lines of text, filled in already. */
export function paragraph(id: string, label: string, hint: string, filled: string): LabelBuilder {
  const input = new TextInputBuilder().setCustomId(id).setStyle(TextInputStyle.Paragraph).setRequired(true);
  if (filled) input.setValue(filled);
  return new LabelBuilder().setLabel(label).setDescription(hint).setTextInputComponent(input);
}

/** A line of text. */
export function text(
  id: string,
  label: string,
  hint: string,
  example: string,
  required: boolean,
): LabelBuilder {
  const input = new TextInputBuilder().setCustomId(id).setStyle(TextInputStyle.Short).setRequired(required);
  if (example) input.setPlaceholder(example);
  return new LabelBuilder()
    .setLabel(label)
    .setDescription(shorten(hint, TEXT_LENGTH))
    .setTextInputComponent(input);
}

/** A menu, its name from its id. */
export function select(id: string, hint: string, values: readonly string[], chosen: string): LabelBuilder {
  const menu = new StringSelectMenuBuilder()
    .setCustomId(id)
    .setRequired(true)
    .addOptions(
      values.map((value) => ({ label: shorten(value, TEXT_LENGTH), value, default: value === chosen })),
    );
  const name = id.charAt(0).toUpperCase() + id.slice(1);
  return new LabelBuilder()
    .setLabel(name)
    .setDescription(shorten(hint, TEXT_LENGTH))
    .setStringSelectMenuComponent(menu);
}
