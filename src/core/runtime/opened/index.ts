import { PromiseMemo } from '../../../async/promiseMemo.js';
import type { AnsweringModel } from '../../features/questions.js';
import { measureBaseline } from '../../features/tree/baseline.js';
import type { Baseline, BaselineQuestion, FeatureLimits } from '../../model/model.js';
import { InputError } from '../../report/errors.js';
import { quantiseCheckpoint } from '../../weights/derived/quantisedCheckpoint.js';
import { EmbeddingRows } from '../../weights/files/embeddingRows.js';
import { whyNotFinite } from '../../weights/files/finite.js';
import { isRounded, type ModelSource } from '../../weights/files/source.js';
import { architectureOf } from '../../weights/graph/families/index.js';
import { openModelFolder } from '../../weights/modelFolder.js';
import type { SessionSettings } from '../session/index.js';
import { type Opened, openTogether } from '../session/together.js';
import { BaselineStore } from './baselineStore.js';
import { Decoder } from './decoder.js';
import { Embeddings } from './embeddings.js';
import { FiringStore } from './firingStore.js';
import { Head } from './head.js';
import { openLens } from './lens.js';
import { MemoryShelf } from './memoryShelf.js';
import { type OpenSae, openSae, sharedBySaes } from './openSae.js';
import { OwnTextStore } from './ownTextStore.js';
import { TableProducts } from './products.js';
import { SpeakingPlaces } from './speakingPlaces.js';
import { StatisticsStore } from './statisticsStore.js';

/** A model with its SAEs, ready to answer, until it is closed. */
export interface OpenModel extends AnsweringModel {
  language: Decoder;
  /** @param isDefault whether the prompt is the default one, whose baseline other prompts never push out */
  baseline(
    question: BaselineQuestion,
    limits: Pick<FeatureLimits, 'batch'>,
    onShare: (share: number) => void | Promise<void>,
    isDefault?: boolean,
  ): Promise<Baseline>;
  /**
   * Texts that the model writes by itself, token ids with BOS first; written when they are first asked for, and kept.
   *
   * @param milliseconds the longest time that writing may take; beyond it there are fewer texts
   */
  ownTexts(
    milliseconds: number,
    onShare: (share: number) => void | Promise<void>,
  ): Promise<readonly (readonly number[])[]>;
  close(): Promise<void>;
}

/**
 * Loads a model: checkpoint, graphs, tokenizer; SAEs and statistics of the embeddings when they are first asked for.
 * The quantised copy is made where there is none yet.
 *
 * @param onPrepare called with the bytes read so far and altogether while it is; throwing stops the work
 * @param memory shelf that holds the encoders of its SAEs while they are open @default a shelf without a budget
 * @throws {InputError} when a file is missing, damaged or does not fit the others; nothing stays open then
 */
export function loadModel(
  source: ModelSource,
  settings: SessionSettings,
  onPrepare?: (done: number, total: number) => void | Promise<void>,
  memory = new MemoryShelf(),
): Promise<OpenModel> {
  return openTogether((opened) => openModel(source, settings, onPrepare, memory, opened));
}

async function openModel(
  source: ModelSource,
  settings: SessionSettings,
  onPrepare: ((done: number, total: number) => void | Promise<void>) | undefined,
  memory: MemoryShelf,
  opened: Opened,
): Promise<OpenModel> {
  const { folder, id, prepared, dtype } = source;
  const { config, checkpoint, tokenizer: loadTokenizer } = await openModelFolder(folder);
  const architecture = architectureOf(config.model_type);
  const weights =
    !isRounded(dtype) && checkpoint.isPlain
      ? checkpoint
      : await quantiseCheckpoint(checkpoint, architecture, config, dtype, prepared, onPrepare);
  const graph = architecture(config, weights);
  const tokenizer = await loadTokenizer(graph.vocabularySize);
  const tensor = checkpoint.tensor(graph.embeddings, [graph.vocabularySize, graph.hiddenSize]);
  const rows = await opened.add(new EmbeddingRows(tensor));
  const head = await opened.add(Head.open(graph.head, graph.hiddenSize, weights.dataFolder, settings));
  const language = await opened.add(
    Decoder.open(graph, weights.dataFolder, rows, head, settings, () => whyNotFinite(checkpoint)),
  );
  const table = graph.inputProducts
    ? await opened.add(new TableProducts(graph.inputProducts, graph.hiddenSize, weights.dataFolder, settings))
    : head;
  const tables = new PromiseMemo<boolean, Embeddings>();
  const baselines = new BaselineStore(source);
  const texts = new OwnTextStore(source, checkpoint.files);
  const firings = new FiringStore(source, checkpoint.files, texts, memory);
  const lens = await openLens(checkpoint, graph, head);
  const places = new SpeakingPlaces(source, graph);
  const saes = new PromiseMemo<number, OpenSae>();
  const shared = sharedBySaes(source, memory);
  const statistics = new StatisticsStore(source, checkpoint.files, texts);
  const openAt = async (layer: number, onStep: () => Promise<void>): Promise<OpenSae> => {
    const place = source.saes[layer];
    if (!place)
      throw new InputError(
        `${id} has no SAE at layer ${layer}; it has layers ${Object.keys(source.saes).join(', ')}.`,
      );
    const { hook } = place;
    if (Number(hook.split('.')[1]) >= graph.layers)
      throw new InputError(`${id} has ${graph.layers} layers and no ${hook}: mend the model catalogue.`);
    return opened.add(openSae({ source, language, tokenizer }, place, settings, onStep, shared));
  };
  const saeAt = (layer: number, onStep = async () => {}) => saes.get(layer, () => openAt(layer, onStep));
  const model: OpenModel = {
    id,
    dtype,
    blocks: graph.layers,
    language,
    tokenizer,
    lens,
    embeddings(centered) {
      return tables.get(centered, () =>
        Embeddings.open({ tensor, rows, table, prepared }, centered, settings),
      );
    },
    streamPlace: (block) => places.streamPlace(model, block),
    learnedGhost: (hook) => places.learnedGhost(hook),
    calibration: (hook) => places.calibration(hook),
    baseline(question, limits, onShare, isDefault) {
      return baselines.get(question, () => measureBaseline(model, question, limits, onShare), isDefault);
    },
    async firings({ hook }, limits, onShare) {
      const sae = (await Promise.all(saes.all())).find((open) => open.hook === hook)!;
      return firings.get(model, sae, limits, onShare);
    },
    ownTexts: async (milliseconds, onShare) => (await texts.get(model, milliseconds, onShare)).value,
    features: saeAt,
    async knownStatistics(layer) {
      return statistics.known(layer, await saeAt(layer));
    },
    async statistics(layer, { textMilliseconds }, onShare) {
      return statistics.get(model, layer, await saeAt(layer), textMilliseconds, onShare);
    },
    async close() {
      await firings.close();
      await opened.close();
    },
  };
  return model;
}
