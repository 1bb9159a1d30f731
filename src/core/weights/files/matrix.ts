import type { TensorLocation } from './safetensors.js';

/** A weight matrix that maps rows of `inputs` numbers to rows of `outputs`, in one of the forms a graph can use. */
export type Matrix = DenseMatrix | BlockMatrix;

export interface DenseMatrix {
  form: 'dense';
  name: string;
  inputs: number;
  outputs: number;
  tensor: TensorLocation;
  /** How the tensor is stored: [inputs, outputs] (GPT-2's Conv1D) or [outputs, inputs] (torch.nn.Linear). */
  stored: MatrixLayout;
}

/**
 * Packed in blocks of `blockSize` along the inputs, as onnxruntime's MatMulNBits has it: a weight is
 * `scale * (q - 2^(bits-1))`, and `+ offset` where there are offsets.
 */
export interface BlockMatrix {
  form: 'blocks';
  name: string;
  inputs: number;
  outputs: number;
  bits: 4 | 8;
  blockSize: number;
  /** Unsigned integers [outputs, blocks, blockSize * bits / 8]; the middle of their range stands for 0. */
  values: TensorLocation;
  /** float32 [outputs, blocks]. */
  scales: TensorLocation;
  /** float32 [blocks, outputs]. */
  offsets?: TensorLocation | undefined;
  /** Whether the rows that are multiplied are rounded to 8 bits, too. */
  roundsRows: boolean;
}

export type MatrixLayout = 'inputs,outputs' | 'outputs,inputs';
