import { isFields, objects, str, structured } from '../args.js';
import { LIMITS } from '../blocks/limits.js';
import { type Content, checkedBlocks, post } from '../blocks/messages.js';
import { complain, SlackApiError } from '../slackApiError.js';
import type { Channel, Fields, UploadedFile } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import { type Method, scope } from './method.js';

/** What a test may refuse or lose about files. */
export interface FileFaults {
  /** The error of the next uploads, e.g. file_uploads_disabled. */
  refusal: string | null;
  /** So many uploads are completed with ok and never shared, as Slack does now and then. */
  lostShares: number;
}

/** The three steps of an upload, of which the second is no method: bytes sent to upload_url. */
export function files(uploadUrl: (fileId: string) => string, faults: FileFaults): Record<string, Method> {
  const write = scope('files:write');
  return {
    'files.getUploadURLExternal': {
      token: 'bot',
      scopes: write,
      perMinute: 100,
      call: (args, workspace) => reserve(args, workspace, uploadUrl, faults),
    },
    'files.completeUploadExternal': {
      token: 'bot',
      scopes: write,
      perMinute: 100,
      call: (args, workspace) => complete(args, workspace, faults),
    },
    'files.info': { token: 'bot', scopes: scope('files:read'), formOnly: true, perMinute: 100, call: info },
  };
}

function reserve(
  args: Fields,
  workspace: Workspace,
  uploadUrl: (fileId: string) => string,
  faults: FileFaults,
): Fields {
  const name = str(args, 'filename');
  const length = Number(args.length ?? 0);
  if (name === '') throw complain('invalid_arguments', ['missing required field: filename']);
  if (!Number.isInteger(length) || length <= 0) throw new SlackApiError('missing_argument');
  const altText = str(args, 'alt_txt') || null;
  if (altText && altText.length > LIMITS.fileAltText) throw new SlackApiError('alt_txt_too_large');
  if (str(args, 'snippet_type') && length > LIMITS.snippetBytes) throw new SlackApiError('snippet_too_large');
  if (args.alt_text !== undefined) {
    workspace.tolerated.push('files.getUploadURLExternal: alt_text is ignored, the argument is alt_txt');
  }
  if (faults.refusal) throw new SlackApiError(faults.refusal);
  const id = workspace.id('F');
  workspace.files.set(id, {
    id,
    name,
    title: name,
    length,
    altText,
    bytes: null,
    state: 'reserved',
    typedAt: Number.POSITIVE_INFINITY,
    shares: [],
  });
  return { upload_url: uploadUrl(id), file_id: id };
}

function complete(args: Fields, workspace: Workspace, faults: FileFaults): Fields {
  const entries = objects(structured(args, 'files', 'invalid_arguments'));
  if (entries.length === 0) throw complain('invalid_arguments', ['missing required field: files']);
  const done = entries.map((entry) => {
    const file = workspace.files.get(String(entry.id));
    if (file?.state !== 'uploaded') throw new SlackApiError('file_not_found');
    return { file, title: typeof entry.title === 'string' ? entry.title : file.name };
  });
  const channel = target(args, workspace);
  const content = shareContent(args, workspace);
  for (const { file, title } of done) Object.assign(file, { state: 'complete', title });
  const uploads = done.map(({ file }) => file);
  if (channel) shareLater(workspace, channel, uploads, content, args, faults);
  return { files: uploads.map((file) => publicFile(workspace, file)) };
}

/** Sharing needs membership, even where chat:write.public lets the bot post. */
function target(args: Fields, workspace: Workspace): Channel | null {
  const ids = [str(args, 'channel_id'), ...str(args, 'channels').split(',')].filter((id) => id !== '');
  if (ids.length === 0) return null;
  if (ids.length > 1) throw new SlackApiError('not_implemented');
  const channel = workspace.visibleChannel(ids[0]!);
  if (!channel.members.has(workspace.app.botUser)) throw new SlackApiError('not_in_channel');
  if (channel.archived) throw new SlackApiError('posting_to_channel_denied');
  return channel;
}

/** Blocks count only without a comment. */
function shareContent(args: Fields, workspace: Workspace): Content {
  const text = str(args, 'initial_comment');
  const blocks = text === '' ? structured(args, 'blocks', 'invalid_blocks') : undefined;
  // Slack fails on markdown blocks here, though it takes them in a message (python-slack-sdk issue 1756).
  if (objects(blocks).some((block) => block.type === 'markdown')) throw new SlackApiError('internal_error');
  return { text, blocks: blocks === undefined ? undefined : checkedBlocks(workspace, blocks) };
}

function shareLater(
  workspace: Workspace,
  channel: Channel,
  uploads: UploadedFile[],
  content: Content,
  args: Fields,
  faults: FileFaults,
): void {
  if (faults.lostShares > 0) {
    faults.lostShares -= 1;
    return;
  }
  // Seen in python-slack-sdk issue 1818: alt text on anything but an image keeps the file from its channel.
  const misfit = uploads.find((file) => file.altText !== null && !mimetype(file.name).startsWith('image/'));
  if (misfit) {
    workspace.tolerated.push(`alt_txt on ${misfit.name}, which is no image: the file was never shared`);
    return;
  }
  const share = () => {
    const message = post(workspace, channel, content, args);
    for (const file of uploads) {
      file.shares.push({ channel: channel.id, ts: message.ts, threadTs: message.thread_ts ?? null });
    }
    for (const file of uploads) file.typedAt = Date.now() + workspace.options.fileTyping;
    message.files = uploads.map((file) => publicFile(workspace, file));
  };
  if (workspace.options.fileSharing === 0) share();
  else setTimeout(share, workspace.options.fileSharing).unref();
}

function info(args: Fields, workspace: Workspace): Fields {
  const file = workspace.files.get(str(args, 'file'));
  if (file?.state !== 'complete') throw new SlackApiError('file_not_found');
  return { file: publicFile(workspace, file), comments: [], response_metadata: { next_cursor: '' } };
}

/** Slack's file object; its shares are usually still empty in the answer that completes the upload. */
function publicFile(workspace: Workspace, file: UploadedFile): Fields {
  const shares: Record<string, Fields> = {};
  for (const { channel, ts, threadTs } of file.shares) {
    const kind = workspace.channels.get(channel)?.kind === 'public' ? 'public' : 'private';
    const byChannel = isFields(shares[kind]) ? shares[kind] : {};
    shares[kind] = { ...byChannel, [channel]: [{ ts, ...(threadTs ? { thread_ts: threadTs } : {}) }] };
  }
  const { id, name, title, length } = file;
  const channels = file.shares.map((share) => share.channel);
  const alt = file.altText ? { alt_txt: file.altText } : {};
  const type = file.typedAt <= Date.now() ? mimetype(name) : '';
  return { id, name, title, mimetype: type, size: length, channels, shares, ...alt };
}

function mimetype(name: string): string {
  const types: Record<string, string> = { png: 'image/png', jpg: 'image/jpeg', json: 'application/json' };
  return types[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'text/plain';
}
