import { resolve } from 'node:path';
import type { ModelSource, WeightType } from '../../src/core/index.js';

/** The folder with SmolLM2-135M-Instruct's GGUF file, as BENCH_SMOLLM2 names it or as it is embedded. */
const folder = resolve(process.env.BENCH_SMOLLM2 ?? 'models/smollm2-135m-instruct');

/** SmolLM2-135M-Instruct without SAEs. */
export const smollm2 = (dtype: WeightType): ModelSource => ({
  id: 'smollm2-135m-instruct',
  folder,
  prepared: resolve('out/bench/smollm2/prepared', dtype),
  dtype,
  release: 'none',
  saes: {},
});

/** The original prompt, and the word whose embedding stands in the ghost's place where speed is measured. */
export const PROMPT = 'A typical definition of "{ghost}" would be "';
export const WORD = 'democracy';

/** Words that are one token with a space before them. */
export const WORDS =
  'democracy airplane guilty Monday river doctor music winter anger bread king ocean school money war window tree happy run blue seven mother city computer law fire glass horse island journey knife mountain night orange paper queen rain silver teacher village water yellow bridge garden hospital justice medicine language planet soldier'.split(
    ' ',
  );
