import { InputError } from '../../../report/errors.js';
import type { Architecture } from '../architecture.js';
import { gemma } from './gemma.js';
import { gemma2 } from './gemma2.js';
import { gemma3 } from './gemma3.js';
import { gemma3Text } from './gemma3Text.js';
import { gpt2 } from './gpt2.js';
import { gptNeox } from './gptNeox.js';
import { llama } from './llama.js';
import { mistral } from './mistral.js';
import { qwen2 } from './qwen2.js';
import { qwen3 } from './qwen3.js';

/** Model families by the `model_type` of config.json. A new family is one file and one line here. */
const ARCHITECTURES = new Map<string, Architecture>(
  Object.entries({
    gpt2,
    gemma,
    gemma2,
    gemma3,
    gemma3_text: gemma3Text,
    gpt_neox: gptNeox,
    llama,
    mistral,
    qwen2,
    qwen3,
  }),
);

/** @throws {InputError} when no family of that name is known */
export function architectureOf(modelType: string): Architecture {
  const architecture = ARCHITECTURES.get(modelType);
  if (architecture) return architecture;
  throw new InputError(
    `Models of type "${modelType}" are not supported; known: ${[...ARCHITECTURES.keys()].join(', ')}.`,
  );
}
