import type { FeatureSource, Firing, PromptTokens, RunningModel } from '../../model/model.js';
import { GHOST } from '../../model/ports.js';
import { activationsOn, readableText } from '../activation/activations.js';
import { leadingDefinitions } from '../tree/leadingDefinitions.js';

/** Definitions of the ghost that are read as texts. */
const BEAM = { width: 8, longest: 16 } as const;
/** Beginnings in which a token is common whatever a model was trained on; the first is BOS alone. */
const FRAMES = ['', 'The', 'the', 'a', '"', '.'] as const;

/**
 * Where a feature fires in the leading definitions of its ghost and in texts that are given. Definitions are read
 * twice: as plain text, and after their prompt, with a real token in the ghost's place.
 *
 * @param stand the token that stands for the ghost
 * @returns all tokens of the definitions, and the firings, strongest first
 */
export async function readDefinitions(
  model: Pick<RunningModel, 'language' | 'tokenizer'>,
  source: FeatureSource,
  feature: number,
  { prompt, ghost, stand }: { prompt: PromptTokens; ghost: Float32Array; stand: number },
  contexts: readonly string[],
): Promise<{ definitionTokens: number[]; firings: Firing[] }> {
  const { language, tokenizer } = model;
  const { definitions } = await leadingDefinitions(language, tokenizer, prompt, [ghost], BEAM);
  const definitionTokens = definitions[0]!.map(({ text }) => tokenizer.encode(text));
  const asked = promptWith(prompt, stand);
  const texts = [
    ...definitionTokens.flatMap((ids) => [
      [tokenizer.bos, ...ids],
      [...asked, ...ids],
    ]),
    ...contexts.map((text) => readableText(model, text)),
  ].map((ids) => ids.slice(0, language.contextLength));
  const activations = await activationsOn(model, source, feature, texts);
  const firings = texts.flatMap((ids, text) =>
    ids.flatMap((_, position) => {
      const activation = activations[text]![position]!;
      return position > 0 && activation > 0 ? [{ context: ids.slice(0, position + 1), activation }] : [];
    }),
  );
  return {
    definitionTokens: definitionTokens.flat(),
    firings: firings.sort((a, b) => b.activation - a.activation),
  };
}

/**
 * Beginnings of texts after which tokens are tried: BOS alone, the beginnings before the strongest firings, short
 * frames, and the prompt before and after its ghost. Each is there once.
 *
 * @param most of those before firings
 */
export function carriersOf(
  { tokenizer, language }: Pick<RunningModel, 'language' | 'tokenizer'>,
  firings: readonly Firing[],
  { prompt, stand }: { prompt: PromptTokens; stand: number },
  most: number,
): number[][] {
  const frames = FRAMES.map((text) => [tokenizer.bos, ...tokenizer.encode(text)]);
  const fired = unique(firings.map(({ context }) => context.slice(0, -1))).slice(0, most);
  const asked = promptWith(prompt, stand);
  const all = [frames[0]!, ...fired, ...frames, asked.slice(0, prompt.ids.indexOf(GHOST)), asked];
  return unique(all).filter((ids) => ids.length < language.contextLength);
}

function promptWith({ ids }: PromptTokens, stand: number): number[] {
  return ids.map((id) => (id === GHOST ? stand : id));
}

function unique(lists: readonly number[][]): number[][] {
  return [...new Map(lists.map((ids) => [ids.join(), ids])).values()];
}
