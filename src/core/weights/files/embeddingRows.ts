import { closeSync, openSync, readSync } from 'node:fs';
import { InputError } from '../../report/errors.js';
import { elementBytes, type TensorLocation, toFloat32 } from './safetensors.js';

/**
 * Rows of a model's input embeddings, read from the checkpoint as they are needed: a batch needs a few rows of a
 * table that can be a gigabyte, and the operating system keeps the pages that are in use.
 */
export class EmbeddingRows {
  private file: number | undefined;
  private readonly bytesPerRow: number;

  /** @param tensor [vocabulary, width] */
  constructor(private readonly tensor: TensorLocation) {
    this.bytesPerRow = this.width * elementBytes(tensor.dtype);
  }

  get width(): number {
    return this.tensor.shape[1]!;
  }

  /**
   * @returns the token's input embedding as float32 [width]
   * @throws {InputError} when the table has no such row, or the file is gone or cut off
   */
  read(token: number): Float32Array {
    // Behind the last row lie the numbers of another tensor.
    if (!(token >= 0 && token < this.tensor.shape[0]!))
      throw new InputError(
        `Token ${token} is beyond the model's ${this.tensor.shape[0]} embeddings: its tokenizer does not belong to it.`,
      );
    this.file ??= openSync(this.tensor.file, 'r');
    const bytes = Buffer.from(new ArrayBuffer(this.bytesPerRow));
    const position = this.tensor.offset + token * this.bytesPerRow;
    if (readSync(this.file, bytes, 0, this.bytesPerRow, position) < this.bytesPerRow)
      throw new InputError(`The checkpoint is cut off: fetch the model again. [${this.tensor.file}]`);
    return toFloat32(bytes, this.tensor.dtype, this.tensor.file);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}
