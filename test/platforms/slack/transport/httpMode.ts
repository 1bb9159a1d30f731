import { createHmac } from 'node:crypto';
import { afterOwnTime } from '../../../support/ownTime.js';
import { isFields } from '../args.js';
import type { Fields } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import type { Ack, Delivery, Signature, Transport } from './delivery.js';

/** Slack takes a signature for five minutes. */
const STALE_SECONDS = 5 * 60 + 1;

/** The HTTP side: signed requests to the app's one request URL. */
export class HttpMode implements Transport {
  constructor(
    private readonly workspace: Workspace,
    private readonly requestUrl: string,
  ) {}

  async deliver(delivery: Delivery, ack: Ack): Promise<void> {
    const [type, body] = encode(delivery);
    const headers: Record<string, string> = {
      'content-type': type,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      ...sign(body, this.workspace.options.signingSecret, delivery.signature),
    };
    if (delivery.retry.attempt > 0) {
      headers['x-slack-retry-num'] = String(delivery.retry.attempt);
      headers['x-slack-retry-reason'] = delivery.retry.reason;
    }
    await new Promise<void>((done) => {
      const inTime = afterOwnTime(this.workspace.options.ackTimeout, () => {
        ack.failure = 'http_timeout';
        ack.late = true;
        done();
      });
      void this.send(body, headers, ack).finally(() => {
        inTime();
        done();
      });
    });
  }

  /** The challenge Slack sends when the address is entered in the app's settings. */
  async verify(signature: Signature): Promise<{ status: number; body: string }> {
    const payload = { type: 'url_verification', token: 'legacy', challenge: this.workspace.secret() };
    const body = JSON.stringify(payload);
    const headers = sign(body, this.workspace.options.signingSecret, signature);
    const response = await fetch(this.requestUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const text = await response.text();
    return { status: response.status, body: text.includes(payload.challenge) ? 'challenge' : text };
  }

  private async send(body: string, headers: Record<string, string>, ack: Ack): Promise<void> {
    try {
      const response = await fetch(this.requestUrl, { method: 'POST', headers, body });
      const text = await response.text();
      ack.status = response.status;
      ack.latency = Date.now() - ack.sentAt;
      ack.noRetry = response.headers.get('x-slack-no-retry') === '1';
      ack.response = parse(text);
      if (response.status < 200 || response.status > 299) ack.failure ??= 'http_error';
    } catch {
      ack.failure ??= 'connection_failed';
    }
  }
}

function encode({ type, payload }: Delivery): [string, string] {
  if (type === 'events_api') return ['application/json', JSON.stringify(payload)];
  const form =
    type === 'slash_commands' ? (payload as Record<string, string>) : { payload: JSON.stringify(payload) };
  return ['application/x-www-form-urlencoded', new URLSearchParams(form).toString()];
}

/** X-Slack-Signature is v0, over version, time and body; see "Verifying requests from Slack". */
export function sign(body: string, secret: string, signature: Signature): Record<string, string> {
  const age = signature === 'stale' ? STALE_SECONDS : 0;
  const timestamp = String(Math.floor(Date.now() / 1000) - age);
  if (signature === 'missing') return { 'x-slack-request-timestamp': timestamp };
  const key = signature === 'bad' ? `${secret}?` : secret;
  const digest = createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}

/** An ack's body: JSON, bare text which Slack shows like `{text}`, or nothing. */
function parse(text: string): Fields | null {
  if (text === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) && Object.keys(value).length > 0 ? value : null;
  } catch {
    return { text };
  }
}
