import { flag, isFields, str, structured } from '../args.js';
import { complain, SlackApiError } from '../slackApiError.js';
import type { Channel, Fields, Message } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import { validateBlocks } from './blocks.js';
import { blocksTextLength } from './blockText.js';
import { LIMITS } from './limits.js';

/** Text and blocks of a call, checked. */
export interface Content {
  /** undefined where the call had none, which an update tells apart from ''. */
  text: string | undefined;
  blocks: Fields[] | undefined;
}

/** The content every message-posting call shares; `most` characters of text are kept or refused. */
export function readContent(workspace: Workspace, args: Fields, method: string): Content {
  const given = structured(args, 'blocks', 'invalid_blocks_format');
  const blocks = given === undefined ? undefined : checkedBlocks(workspace, given);
  const text = args.text === undefined || args.text === null ? undefined : str(args, 'text');
  if (!text && !blocks?.length && args.attachments === undefined) throw new SlackApiError('no_text');
  if (blocks?.length && !text) {
    workspace.tolerated.push(`${method}: blocks without text; notifications and screen readers get a guess`);
  }
  if (method === 'chat.update' && text !== undefined && text.length > LIMITS.updateText) {
    throw new SlackApiError('msg_too_long');
  }
  if (text !== undefined && text.length > LIMITS.messageText) {
    workspace.tolerated.push(`${method}: text of ${text.length} characters cut to ${LIMITS.messageText}`);
    return { text: text.slice(0, LIMITS.messageText), blocks };
  }
  return { text, blocks };
}

/** Checked blocks, each with the block_id Slack gives where the app gave none. */
export function checkedBlocks(workspace: Workspace, given: unknown): Fields[] {
  if (!Array.isArray(given)) throw new SlackApiError('invalid_blocks_format');
  const complaints = validateBlocks(given, 'message');
  if (complaints.length > 0) throw complain('invalid_blocks', complaints);
  checkFiles(workspace, given);
  if (blocksTextLength(given) > LIMITS.messageBlocksText) throw new SlackApiError('msg_blocks_too_long');
  return withIds(workspace, given);
}

/** An image block takes a file whose type Slack knows; one that was never shared is taken and not found by anybody. */
function checkFiles(workspace: Workspace, blocks: readonly unknown[]): void {
  for (const [index, block] of blocks.entries()) {
    if (!isFields(block) || block.type !== 'image' || !isFields(block.slack_file)) continue;
    const file = workspace.files.get(String(block.slack_file.id));
    const isTyped = file?.state === 'complete' && (file.shares.length === 0 || file.typedAt <= Date.now());
    if (!isTyped || workspace.refusesImages)
      throw complain('invalid_blocks', [`invalid slack file [json-pointer:/blocks/${index}/slack_file]`]);
    if (file.shares.length === 0)
      workspace.tolerated.push(`image block of ${file.id}: people see "file not found"`);
  }
}

/** Slack names what the app left unnamed: blocks, and the elements that can be acted on. */
export function withIds(workspace: Workspace, blocks: readonly Fields[]): Fields[] {
  const named = (element: unknown): unknown =>
    isFields(element) && element.type !== 'image'
      ? { action_id: workspace.secret().slice(0, 5), ...element }
      : element;
  return blocks.map((block) => {
    const made: Fields = { block_id: workspace.secret().slice(0, 5), ...block };
    if (block.type === 'actions' && Array.isArray(block.elements)) made.elements = block.elements.map(named);
    if (isFields(block.accessory)) made.accessory = named(block.accessory);
    if (block.type === 'input') made.element = named(block.element);
    return made;
  });
}

/** Puts a message of the bot into a channel and answers with it. */
export function post(workspace: Workspace, channel: Channel, content: Content, args: Fields): Message {
  const thread = resolveThread(workspace, channel, str(args, 'thread_ts'));
  const message: Message = {
    type: 'message',
    channel: channel.id,
    ts: workspace.ts(),
    user: workspace.app.botUser,
    bot_id: workspace.app.botId,
    app_id: workspace.app.id,
    text: content.text ?? '',
    ...(content.blocks ? { blocks: content.blocks } : {}),
    ...(thread ? { thread_ts: thread } : {}),
    ...(str(args, 'parse') ? { parse: str(args, 'parse') } : {}),
    ...(flag(args, 'link_names') ? { link_names: true } : {}),
  };
  const metadata = structured(args, 'metadata', 'invalid_metadata_format');
  if (isFields(metadata)) message.metadata = metadata;
  channel.messages.push(message);
  return message;
}

/** The parent's ts for a reply, or null for a message of its own. */
export function resolveThread(workspace: Workspace, channel: Channel, ts: string): string | null {
  if (ts === '') return null;
  const parent = workspace.find(channel, ts);
  if (!parent) {
    if (workspace.options.lostThread === 'thread_not_found') throw new SlackApiError('thread_not_found');
    workspace.tolerated.push(`reply to ${ts}, which is gone from ${channel.id}: posted outside any thread`);
    return null;
  }
  if (parent.thread_ts && parent.thread_ts !== ts) {
    workspace.tolerated.push(`thread_ts ${ts} is a reply; its parent is ${parent.thread_ts}`);
    return parent.thread_ts;
  }
  parent.thread_ts = ts;
  return ts;
}

/** A message as Slack's answers and payloads carry it, without the bookkeeping. */
export function publicMessage(workspace: Workspace, message: Message): Fields {
  const { channel: _channel, parse: _parse, link_names: _names, reactions = [], ...rest } = message;
  const names = [...new Set(reactions.map(({ name }) => name))];
  const counted = names.map((name) => {
    const users = reactions.filter((each) => each.name === name).map(({ user }) => user);
    return { name, users, count: users.length };
  });
  return { ...rest, ...(counted.length > 0 ? { reactions: counted } : {}), team: workspace.team.id };
}
