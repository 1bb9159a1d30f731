import type { DiscordServer } from './discordServer.js';

/** What REST answered. */
export interface Reply {
  readonly status: number;
  /** Discord's JSON error code. */
  readonly code: number | undefined;
  readonly json: Record<string, unknown>;
  readonly headers: Headers;
}

/** A plain REST call with the bot's token, past the checks a client library makes itself. */
export async function call(
  server: DiscordServer,
  method: string,
  path: string,
  body?: unknown,
  files: Buffer[] = [],
): Promise<Reply> {
  const headers: Record<string, string> = { authorization: `Bot ${server.token}` };
  let payload: string | FormData | undefined;
  if (files.length > 0) {
    payload = new FormData();
    payload.set('payload_json', JSON.stringify(body));
    for (const [index, file] of files.entries()) {
      payload.set(`files[${index}]`, new Blob([new Uint8Array(file)]), `file${index}.png`);
    }
  } else if (body !== undefined) {
    payload = JSON.stringify(body);
    headers['content-type'] = 'application/json';
  }
  const response = await fetch(`${server.apiUrl}/v10${path}`, {
    method,
    headers,
    ...(payload === undefined ? {} : { body: payload }),
  });
  const text = await response.text();
  const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  const code = typeof json.code === 'number' ? json.code : undefined;
  return { status: response.status, code, json, headers: response.headers };
}

/** Every place a form was refused at, as `embeds.0.title`, with its error code. */
export function problems({ json }: Reply): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (node: Record<string, unknown>, path: string[]) => {
    for (const [key, value] of Object.entries(node)) {
      if (key === '_errors') found[path.join('.')] = (value as { code: string }[])[0]!.code;
      else walk(value as Record<string, unknown>, [...path, key]);
    }
  };
  walk((json.errors ?? {}) as Record<string, unknown>, []);
  return found;
}
