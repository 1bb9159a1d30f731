/**
 * llama.cpp's tokens per second with one file, for `npm run bench:smollm2`: sequences of the same prompt decoded
 * together, as node-llama-cpp does. Prints JSON.
 *
 *     node llama.mjs <folder with node_modules/node-llama-cpp> <model.gguf> <threads> <sequences> <tokens each>
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, modelPath, ...numbers] = process.argv.slice(2);
const [threads, count, length] = numbers.map(Number);
const entry = createRequire(join(folder, 'package.json')).resolve('node-llama-cpp');
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(entry).href);
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: threads, logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({
  sequences: count,
  contextSize: 64,
  batchSize: Math.max(128, 2 * count),
  threads,
});
const prompt = [model.tokens.bos, ...model.tokenize('A typical definition of "democracy" would be "')];

/** Decodes so many tokens in every sequence; the prompt is not counted. */
async function decode(tokens) {
  const sequences = Array.from({ length: count }, () => context.getSequence());
  await Promise.all(sequences.map((sequence) => sequence.evaluateWithoutGeneratingNewTokens(prompt)));
  const started = performance.now();
  const before = process.cpuUsage();
  const evaluated = await Promise.all(
    sequences.map(async (sequence, index) => {
      let made = 0;
      const options = { temperature: 1, seed: index + 1, yieldEogToken: true };
      for await (const _ of sequence.evaluate([model.tokens.bos], options)) if (++made >= tokens) break;
      return made;
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  for (const sequence of sequences) sequence.dispose();
  const made = evaluated.reduce((sum, n) => sum + n, 0);
  return { tokens: made, seconds, processor: (user + system) / 1e6 };
}

await decode(2);
const measured = await decode(length);
process.stdout.write(JSON.stringify({ ...measured, memory: process.resourceUsage().maxRSS * 1024 }));
process.exit();
