import type { Tokenizer } from '../../model/model.js';
import type { SaeParity } from '../../report/parity.js';
import { PARITY_PASSAGES } from './parityText.js';

/** Positions of a passage that are read, BOS included; every model has as many. */
const POSITIONS = 64;

/** Times the median norm above which a token's residual stream is massive. */
const MASSIVE = 3;

/** Lowest and highest value that speak for a correctly loaded SAE. */
export interface ParityBand {
  /** Mean number of active features per token. */
  l0?: [number, number] | undefined;
  /** Share of the residual stream's variance that the reconstruction explains. */
  explainedVariance?: [number, number] | undefined;
  /** Shown with every answer about this SAE, such as that its activations are not to be trusted. */
  caution?: string | undefined;
}

/** What the check needs of a model and an SAE. */
export interface ParityPorts {
  tokenizer: Tokenizer;
  /** The residual stream at the SAE's hook point over a sequence of tokens [tokens, d_in]. */
  residual(tokens: readonly number[]): Promise<Float32Array>;
  /** @param residual [rows, d_in] */
  reconstruct(residual: Float32Array, rows: number): Promise<Reconstruction>;
}

/** What an SAE makes of rows of the residual stream. */
export interface Reconstruction {
  /** How many activations of all features in all rows are not 0. */
  active: number;
  /** What is to be reconstructed: the stream, centred where the SAE was trained so [rows, d_in]. */
  target: Float32Array;
  /** What the activations make of it [rows, d_in]. */
  reconstruction: Float32Array;
}

/** How an SAE does on the fixed text. */
export interface ParityMeasure {
  l0: number;
  explainedVariance: number;
}

/**
 * Measures what an SAE that was loaded wrongly (transposed, at another hook point, without centring, with a wrong
 * bias) gets wrong, over the tokens of the fixed text but BOS and those of massive norm, on which SAEs are not trained:
 *
 *     L0                 = mean number of active features per token
 *     explained variance = 1 - sum |x - x^|^2 / sum |x - mean(x)|^2
 *
 * @param onPassage awaited after every passage; throwing stops the work
 */
export async function measureParity(
  { tokenizer, residual, reconstruct }: ParityPorts,
  onPassage: () => Promise<void> = async () => {},
): Promise<ParityMeasure> {
  const streams: Float32Array[] = [];
  let positions = 0;
  for (const passage of PARITY_PASSAGES) {
    const tokens = [tokenizer.bos, ...tokenizer.encode(passage)].slice(0, POSITIONS);
    const stream = await residual(tokens);
    streams.push(stream.subarray(stream.length / tokens.length));
    positions += tokens.length - 1;
    await onPassage();
  }
  const all = joined(streams);
  const width = all.length / positions;
  const ordinary = withoutMassive(all, width);
  const rows = ordinary.length / width;
  const { active, target, reconstruction } = await reconstruct(ordinary, rows);
  const sum = new Float64Array(width);
  let error = 0;
  let squares = 0;
  for (let i = 0; i < target.length; i++) {
    const value = target[i]!;
    sum[i % width]! += value;
    squares += value ** 2;
    error += (value - reconstruction[i]!) ** 2;
  }
  const ofMean = sum.reduce((total, value) => total + value ** 2, 0) / rows;
  return { l0: active / rows, explainedVariance: 1 - error / (squares - ofMean) };
}

/**
 * Leaves out rows whose norm is above three times the median. A few tokens collect attention with a stream many times as
 * long as any other (Sun et al. 2024, "Massive Activations in Large Language Models").
 *
 * @param residual [rows, width]
 * @returns the others [rows, width]
 */
export function withoutMassive(residual: Float32Array, width: number): Float32Array {
  const massive = massiveRows(rowNorms(residual, width));
  const rows = Array.from(massive, (_, row) => residual.subarray(row * width, (row + 1) * width));
  return joined(rows.filter((_, row) => !massive[row]));
}

/** The Euclidean length of each row. @param residual [rows, width] */
export function rowNorms(residual: Float32Array, width: number): number[] {
  return Array.from({ length: residual.length / width }, (_, row) =>
    Math.hypot(...residual.subarray(row * width, (row + 1) * width)),
  );
}

/** Of each norm, whether it is above three times the median; of two, the median is the smaller. */
export function massiveRows(norms: readonly number[]): boolean[] {
  const median = norms.toSorted((a, b) => a - b)[Math.floor((norms.length - 1) / 2)] ?? 0;
  return norms.map((norm) => norm > MASSIVE * median);
}

/** Numbers one after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Compares a measure with the band of the release. */
export function judgeParity({ l0, explainedVariance }: ParityMeasure, band: ParityBand = {}): SaeParity {
  const expected = {
    ...(band.l0 && { l0: band.l0 }),
    ...(band.explainedVariance && { explainedVariance: band.explainedVariance }),
  };
  const isKnown = Object.keys(expected).length > 0;
  const isMet = isWithin(l0, band.l0) && isWithin(explainedVariance, band.explainedVariance);
  return {
    status: isKnown ? (isMet ? 'verified' : 'unverified') : 'unknown',
    l0,
    explainedVariance,
    ...(isKnown && { expected }),
    ...(band.caution && { note: band.caution }),
  };
}

function isWithin(value: number, range: [number, number] | undefined): boolean {
  return !range || (value >= range[0] && value <= range[1]);
}
