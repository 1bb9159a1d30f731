import { setTimeout as sleep } from 'node:timers/promises';
import type { webApi } from '@slack/bolt';
import { errorCode, isFateUnknown } from './errors.js';
import { Patience, patiently } from './patience.js';
import { httpError, TIMEOUT } from './respond.js';

export interface SlackFile {
  name: string;
  title: string;
  bytes: Buffer;
  /** For pictures only: Slack does not show other files that have one. */
  altText?: string;
}

/** Milliseconds between looks: Slack shows an uploaded file usually within a second or two. */
const SHARE_WAITS = [0, 300, 600, 1_200, 2_400];

/**
 * Uploads a file into a channel or thread, in Slack's three steps, and waits until it can be seen there, so that
 * what is said next stands below it.
 *
 * @returns its id, and whether it can be seen; not when Slack took the file and does not show it
 * @throws what Slack refused
 */
export async function upload(
  client: webApi.WebClient,
  file: SlackFile,
  channel: string,
  thread: string | undefined,
): Promise<{ id: string; isShown: boolean }> {
  const id = await sendBytes(client, file);
  await complete(client, { id, title: file.title }, channel, thread);
  return { id, isShown: await isShared(client, id, channel) };
}

/** Steps one and two, which nobody sees. Repeated together: an address takes the bytes once. @returns the file's id */
export function sendBytes(client: webApi.WebClient, { name, bytes, altText }: SlackFile): Promise<string> {
  return patiently(async () => {
    // By name: the client's own method would send the alternative text as alt_text, which Slack does not read.
    const { upload_url, file_id } = (await client.apiCall('files.getUploadURLExternal', {
      filename: name,
      length: bytes.length,
      ...(altText ? { alt_txt: altText } : {}),
    })) as webApi.FilesGetUploadURLExternalResponse;
    const response = await fetch(upload_url!, {
      method: 'POST',
      body: new Uint8Array(bytes),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!response.ok) throw httpError(response);
    return file_id!;
  });
}

/** Step three: what makes the file a message. When the answer is lost, Slack is asked before it is repeated. */
async function complete(
  client: webApi.WebClient,
  file: { id: string; title: string },
  channel: string,
  thread: string | undefined,
): Promise<void> {
  const patience = new Patience();
  for (;;) {
    try {
      return await share(client, file, channel, thread);
    } catch (error) {
      await patience.wait(error);
      if (isFateUnknown(error) && (await isComplete(client, file.id))) return;
    }
  }
}

/** One attempt at step three. @throws what Slack refused, or what leaves its fate unknown */
export async function share(
  client: webApi.WebClient,
  file: { id: string; title: string },
  channel: string,
  thread: string | undefined,
): Promise<void> {
  const place = { channel_id: channel, ...(thread ? { thread_ts: thread } : {}) };
  await client.files.completeUploadExternal({ files: [file], ...place });
}

async function isComplete(client: webApi.WebClient, file: string): Promise<boolean> {
  try {
    await patiently(() => client.files.info({ file }));
    return true;
  } catch (error) {
    // Any other refusal leaves it open, and a file must not be shown twice.
    return errorCode(error) !== 'file_not_found';
  }
}

/** Whether a file can be seen, and Slack has found out its type, without which no message shows it; waits a few seconds for it. */
export async function isShared(client: webApi.WebClient, file: string, channel: string): Promise<boolean> {
  let seen = false;
  for (const milliseconds of SHARE_WAITS) {
    await sleep(milliseconds);
    try {
      const { file: uploaded } = await client.files.info({ file });
      const isHere = channel in { ...uploaded?.shares?.public, ...uploaded?.shares?.private };
      if (isHere && uploaded?.mimetype) return true;
      seen ||= isHere;
    } catch (error) {
      // Without the scope files:read we cannot look.
      if (errorCode(error)) return true;
    }
  }
  return seen;
}
