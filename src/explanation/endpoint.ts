import { z } from 'zod';
import type { EndpointPlace } from '../configuration/environment.js';
import { boundedText, parseBoundedJson } from '../configuration/web.js';
import { counted } from '../text/units.js';

export interface Message {
  role: 'system' | 'user';
  content: string;
}

/** An answer of some hundred tokens has some kilobytes. */
const MOST_BYTES = 200_000;

const Answer = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })], z.unknown()),
});

/** Why the endpoint gave no answer; the message holds no address and no secret. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

/** Asks an OpenAI-compatible endpoint a limited number of times. */
export class Endpoint {
  private asked = 0;

  /**
   * @param signal ends all requests: raised by a time limit, or by the person who asked
   * @param requests most requests
   */
  constructor(
    private readonly place: EndpointPlace,
    private readonly outputTokens: number,
    private readonly requests: number,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws {EndpointError} whatever goes wrong */
  async answer(messages: readonly Message[]): Promise<string> {
    if (this.asked >= this.requests)
      throw new EndpointError(`the limit of ${counted(this.requests, 'request')} is used up`);
    this.asked++;
    try {
      return await this.post(messages);
    } catch (error) {
      if (error instanceof EndpointError) throw error;
      if (this.signal.aborted) throw new EndpointError('it took too long');
      // fetch's message names the host, so only the code is reported.
      const { cause } = error as Error;
      const code = (cause as NodeJS.ErrnoException | undefined)?.code;
      throw new EndpointError(code ? `no connection, ${code}` : 'no connection');
    }
  }

  private async post(messages: readonly Message[]): Promise<string> {
    const { url, model, apiKey } = this.place;
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
      body: JSON.stringify({ model, messages, max_tokens: this.outputTokens, temperature: 0 }),
      // An answer from any other place than the operator named does not count.
      redirect: 'error',
      signal: this.signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new EndpointError(`HTTP ${response.status}`);
    }
    const text = await boundedText(response, MOST_BYTES).catch((error: unknown) => {
      throw this.signal.aborted ? error : new EndpointError('its answer is too long or was cut off');
    });
    const parsed = Answer.safeParse(json(text));
    if (!parsed.success) throw new EndpointError('its answer has another form than chat completions have');
    return parsed.data.choices[0]!.message.content;
  }
}

function json(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch {
    return undefined;
  }
}
