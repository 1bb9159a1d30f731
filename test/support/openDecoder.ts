import { Decoder } from '../../src/core/runtime/opened/decoder.js';
import { Head } from '../../src/core/runtime/opened/head.js';
import { TableProducts } from '../../src/core/runtime/opened/products.js';
import { Checkpoint } from '../../src/core/weights/files/checkpoint.js';
import { EmbeddingRows } from '../../src/core/weights/files/embeddingRows.js';
import { whyNotFinite } from '../../src/core/weights/files/finite.js';
import { architectureOf } from '../../src/core/weights/graph/families/index.js';

/** A checkpoint that is running, without tokenizer and SAEs. */
export interface OpenDecoder {
  decoder: Decoder;
  head: Head;
  inputs?: TableProducts;
  rows: EmbeddingRows;
}

/**
 * Opens the checkpoint of a folder with a config, and gives what `ask` makes of it.
 *
 * @param config as config.json holds it
 */
export async function withDecoder<Result>(
  folder: string,
  config: { model_type: string },
  ask: (model: OpenDecoder) => Promise<Result>,
): Promise<Result> {
  const checkpoint = await Checkpoint.open(folder);
  const graph = architectureOf(config.model_type)(config, checkpoint);
  const { hiddenSize, vocabularySize, inputProducts } = graph;
  const settings = { threads: 1 };
  const rows = new EmbeddingRows(checkpoint.tensor(graph.embeddings, [vocabularySize, hiddenSize]));
  const head = await Head.open(graph.head, hiddenSize, checkpoint.dataFolder, settings);
  const decoder = await Decoder.open(graph, checkpoint.dataFolder, rows, head, settings, () =>
    whyNotFinite(checkpoint),
  );
  const inputs =
    inputProducts && new TableProducts(inputProducts, hiddenSize, checkpoint.dataFolder, settings);
  try {
    return await ask({ decoder, head, rows, ...(inputs ? { inputs } : {}) });
  } finally {
    await inputs?.close();
    await decoder.close();
    await head.close();
    rows.close();
  }
}
