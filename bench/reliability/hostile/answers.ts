import { readConfiguration } from '../../../src/configuration/index.js';
import type { EvidenceExample } from '../../../src/core/index.js';
import { createEvidence } from '../../../src/evidence/index.js';
import { createExplainer } from '../../../src/explanation/index.js';
import { createLog } from '../../../src/operations/index.js';
import { GOOD, NeuronpediaServer } from '../../../test/evidence/neuronpediaServer.js';
import { EndpointServer } from '../../../test/explanation/endpointServer.js';
import type { Dice } from '../../soak/dice.js';
import type { Finding } from '../proof.js';
import { MutatingProxy } from './mutatingProxy.js';

/** Of an answer's texts: what steers a terminal or turns the reading direction. */
const HARMFUL = /[\x00-\x08\x0B-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069]/;
const SECRET = 'sk-a-key-that-nobody-may-see';
const LIMIT_MILLISECONDS = 5_000;
const EXPLANATION = 'numbers that are years';
const VERDICTS = '[1, 0, 1, 0, 1, 0, 1, 0]';
const SNIPPETS = ['1901', '1902', '1903', '1904'].map(snippet);
const OTHERS = ['red', 'blue', 'green', 'grey'].map(snippet);

/** Asks Neuronpedia about features while its answers are changed on their way. */
export async function hostileEvidence(count: number, dice: Dice): Promise<Finding> {
  const { models } = readConfiguration();
  const model = [...models.values()].find(({ neuronpedia }) => Object.keys(neuronpedia).length > 0)!;
  const layer = Number(Object.keys(model.neuronpedia)[0]);
  const server = await NeuronpediaServer.start();
  server.answer = { body: GOOD };
  const proxy = await new MutatingProxy(server.url, dice).start();
  proxy.share = 1;
  const logged: string[] = [];
  const settings = { level: 'info', format: 'text', secrets: [SECRET], debug: true } as const;
  const written = createLog(settings, (line) => void logged.push(line.trimEnd()));
  const log = (message: string) => written.info(message);
  const tally = new Tally();
  for (let index = 0; index < count; index++) {
    // What failed is left alone for a minute, so each question has a new start.
    const evidence = createEvidence({ url: proxy.url, apiKey: SECRET, log }, LIMIT_MILLISECONDS);
    await tally.count(async () => (await evidence.of(model, layer, index)) ?? undefined);
  }
  await proxy.stop();
  await server.stop();
  return tally.finding('Answers of Neuronpedia’s API', `${count} answers`, logged);
}

/** Has explanations written while the endpoint's answers are changed on their way. */
export async function hostileEndpoint(count: number, dice: Dice): Promise<Finding> {
  const { settings } = readConfiguration();
  const server = await EndpointServer.start();
  server.answer = ({ body }) => ({
    content: body.messages.at(-1)!.content.includes('"texts"') ? VERDICTS : EXPLANATION,
  });
  const proxy = await new MutatingProxy(server.url, dice).start();
  proxy.share = 0.7;
  const variables = { EXPLAIN_URL: proxy.url, EXPLAIN_MODEL: 'judge', EXPLAIN_API_KEY: SECRET };
  const tally = new Tally();
  for (let index = 0; index < count; index++) {
    const explainer = createExplainer({ ...settings.explain, seconds: LIMIT_MILLISECONDS / 1000 }, variables);
    const clues = {
      definitions: [{ text: 'a calendar year', probability: 0.3 }],
      generic: false,
      bestScale: true,
      tokens: [{ token: ' 1994', before: 'born in', activation: 20 }],
      promoted: [],
      suppressed: [],
      examples: [{ text: `In ${index} the ship`, token: String(index), activation: 21 }],
      trusted: true,
    };
    // With snippets to judge, verdicts are asked for and read, too.
    await tally.count(() => explainer.explain(clues, { heldOut: SNIPPETS, others: OTHERS }));
  }
  await proxy.stop();
  await server.stop();
  return tally.finding('Answers of an OpenAI-compatible endpoint', `${count} answers`, []);
}

function snippet(word: string): EvidenceExample {
  return { tokens: ['It', ' was', ` ${word}`, ' then', '.'], activations: [0, 0, 9, 0, 0] };
}

/** What came of many answers. */
class Tally {
  private readonly wrong: string[] = [];
  private used = 0;
  private without = 0;
  private longest = 0;

  async count(ask: () => Promise<unknown>): Promise<void> {
    const began = performance.now();
    try {
      const answer = await ask();
      if (answer === undefined) this.without++;
      else this.used++;
      const text = textsIn(answer).find((each) => HARMFUL.test(each) || each.includes(SECRET));
      if (text !== undefined) this.wrong.push(`harmful text ${JSON.stringify(text.slice(0, 100))}`);
    } catch (error) {
      this.wrong.push(String(error));
    }
    this.longest = Math.max(this.longest, performance.now() - began);
  }

  finding(what: string, tried: string, logged: readonly string[]): Finding {
    const leaks = logged.filter((line) => line.includes(SECRET) || HARMFUL.test(line)).length;
    for (const line of this.wrong.slice(0, 10)) process.stderr.write(`${what}: ${line.slice(0, 300)}\n`);
    return {
      what: `${what}, JSON, bytes or status mutated`,
      tried,
      found: `${this.wrong.length} failures or harmful texts, ${leaks} secrets or control characters in the log; ${this.used} answers with it, ${this.without} without; longest ${(this.longest / 1000).toFixed(1)} s (limit ${LIMIT_MILLISECONDS / 1000})`,
      met: this.wrong.length + leaks === 0 && this.longest <= LIMIT_MILLISECONDS + 500,
    };
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
