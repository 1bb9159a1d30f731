import type { IncomingMessage, ServerResponse } from 'node:http';
import { flag, isFields } from '../args.js';
import { post, readContent } from '../blocks/messages.js';
import { applyUpdate, ephemeral } from '../methods/chat.js';
import { SlackApiError } from '../slackApiError.js';
import type { Ephemeral, Fields, Message, RequestLogEntry, ResponseUrl } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import type { Faults } from './faults.js';
import { readArgs, readBytes } from './requestBody.js';
import { type Answer, perform } from './respond.js';

/** Makes the address an app may answer to, bound to one person and channel; it needs no token. */
export function responseUrl(
  workspace: Workspace,
  base: string,
  user: string,
  channel: string,
  origin: Message | Ephemeral | null,
): string {
  const id = workspace.secret();
  workspace.responseUrls.set(id, { id, user, channel, origin, createdAt: Date.now(), uses: 0 });
  return `${base}/response/${id}`;
}

/** Errors come as HTTP 404 and a code in plain text, not as `ok: false`. */
export async function receiveResponse(
  workspace: Workspace,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
  faults: Faults,
  log: RequestLogEntry[],
): Promise<void> {
  const body = readArgs(request, await readBytes(request));
  const args = body.args ?? {};
  await perform({ name: 'response_url', args, request, response }, faults, log, () => {
    const url = workspace.responseUrls.get(id);
    if (!url) return { status: 404, body: 'not_found' };
    if (Date.now() - url.createdAt > workspace.options.responseUrlLifetime) {
      return { status: 404, body: 'expired_url' };
    }
    if (url.uses >= workspace.options.responseUrlUses) return { status: 404, body: 'used_url' };
    if (body.args === null) return { status: 400, body: 'invalid_payload' };
    return answer(workspace, url, args);
  });
}

function answer(workspace: Workspace, url: ResponseUrl, args: Fields): Answer {
  try {
    useResponse(workspace, url, args);
    url.uses += 1;
    return { status: 200, body: 'ok' };
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error;
    return {
      status: error.code === 'no_text' || error.code.startsWith('invalid') ? 400 : 404,
      body: error.code,
    };
  }
}

/** What an answer to a command or a button does; also that of an ack with a body. */
export function useResponse(workspace: Workspace, url: ResponseUrl, args: Fields): void {
  const channel = workspace.channels.get(url.channel);
  if (!channel) throw new SlackApiError('channel_not_found');
  if (flag(args, 'delete_original')) {
    if (url.origin) forget(workspace, url.origin);
    return;
  }
  if (flag(args, 'replace_original') && url.origin) {
    applyUpdate(workspace, url.origin, args);
    return;
  }
  const content = readContent(workspace, args, 'response_url');
  if (args.response_type !== 'in_channel') {
    const thread = typeof args.thread_ts === 'string' ? args.thread_ts : null;
    ephemeral(workspace, channel, url.user, content.text ?? '', content.blocks, thread);
    return;
  }
  if (channel.archived) throw new SlackApiError('is_archived');
  post(workspace, channel, content, isFields(args) ? args : {});
}

function forget(workspace: Workspace, message: Message | Ephemeral): void {
  if ('visibleTo' in message) workspace.ephemerals.splice(workspace.ephemerals.indexOf(message), 1);
  else workspace.delete(workspace.channels.get(message.channel)!, message.ts);
}
