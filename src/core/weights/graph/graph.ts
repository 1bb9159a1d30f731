import { basename } from 'node:path';
import onnxProto from 'onnx-proto';
import type { Matrix } from '../files/matrix.js';
import type { Dtype, TensorLocation } from '../files/safetensors.js';

const { onnx } = onnxProto;
const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

/** The newest default opset whose operators we use; ONNX 1.10's format can carry any later opset. */
const OPSET = 17;

/**
 * `accuracy_level` of MatMulNBits: what the rows are rounded to. Where it multiplies 8-bit weights with rows of any other
 * kind it unpacks them at every run, many times slower; 4-bit weights it unpacks piece by piece, as fast as float32.
 */
const ACCURACY = { float32: 1, int8: 4 };

const ELEMENT_TYPE: Partial<Record<Dtype, number>> = {
  F32: DataType.FLOAT,
  F16: DataType.FLOAT16,
  BF16: DataType.BFLOAT16,
  F64: DataType.DOUBLE,
  U8: DataType.UINT8,
};

/** The name of a value (a tensor) in the graph. */
export type Value = string;
type Dimension = number | string;
type Attribute = number | { float: number } | number[] | string;

/** One operator as ONNX's NodeProto writes it. */
interface GraphNode {
  opType: string;
  domain: string;
  input: Value[];
  output: Value[];
  attribute: object[];
  /** The branches of an `If`, by the names of its attributes. */
  branches?: Record<'then_branch' | 'else_branch', Branch>;
}

/** A graph inside a graph; it may read what stands outside. */
interface Branch {
  nodes: GraphNode[];
  output: object;
}

/**
 * Builds an ONNX model by method calls. Weights are not copied: an initialiser names file, offset and length
 * of the tensor in the checkpoint (ONNX "external data"), which onnxruntime maps into memory.
 */
export class GraphBuilder {
  private nodes: GraphNode[] = [];
  private readonly inputs: ValueInfo[] = [];
  private readonly outputs: ValueInfo[] = [];
  private readonly initializers = new Map<Value, object>();
  private readonly casts = new Map<Value, Value>();
  private readonly sums = new Map<Value, Value>();
  /** Names of results that are outputs. */
  private readonly outputNames = new Map<Value, string>();
  private readonly shapes = new Map<Value, object>();
  private counter = 0;

  /** Declares an input; dimensions given as strings are free, equal names mean equal sizes. */
  input(name: string, type: 'float32' | 'int64', shape: Dimension[]): Value {
    this.inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** Makes `value`, the result of an operator, an output called `name`. One that is not fetched costs nothing. */
  output(name: string, value: Value, type: 'float32' | 'int64', shape: Dimension[]): void {
    if (this.outputNames.has(value)) this.nodes.push(node('Identity', [value], [name]));
    else this.outputNames.set(value, name);
    this.outputs.push(valueInfo(name, type, shape));
  }

  /** A tensor of the checkpoint, as float32. */
  weight(name: string, tensor: TensorLocation): Value {
    this.initializer(name, tensor);
    if (tensor.dtype === 'F32') return name;
    let cast = this.casts.get(name);
    if (!cast) {
      cast = this.toFloat(name);
      this.casts.set(name, cast);
    }
    return cast;
  }

  /** `rows [R, inputs]` times a weight matrix: [R, outputs]. */
  linear(rows: Value, matrix: Matrix): Value {
    const { name } = matrix;
    if (matrix.form === 'dense') {
      const weight = this.weight(name, matrix.tensor);
      return matrix.stored === 'inputs,outputs'
        ? this.op('MatMul', [rows, weight])
        : this.op('Gemm', [rows, weight], { transB: 1 });
    }
    const { inputs, outputs, bits, blockSize, values, scales, offsets, roundsRows } = matrix;
    const packed = [this.initializer(name, values), this.initializer(`${name}.scales`, scales)];
    const accuracy = roundsRows ? ACCURACY.int8 : ACCURACY.float32;
    const attributes = { K: inputs, N: outputs, bits, block_size: blockSize, accuracy_level: accuracy };
    const product = this.op('MatMulNBits', [rows, ...packed], attributes, 'com.microsoft');
    if (!offsets) return product;
    // onnxruntime packs zero points only where they are whole numbers; an offset counts once for each block's sum.
    const sums = this.blockSums(rows, inputs / blockSize, blockSize);
    return this.op('Gemm', [sums, this.weight(`${name}.offsets`, offsets), product]);
  }

  /** Sums of rows over each block of inputs [R, blocks], once for all matrices that multiply the same rows. */
  private blockSums(rows: Value, blocks: number, blockSize: number): Value {
    const known = this.sums.get(rows);
    if (known) return known;
    const inBlocks = this.op('Reshape', [rows, this.integers(0, blocks, blockSize)]);
    const sums = this.op('ReduceSum', [inBlocks, this.integers(2)], { keepdims: 0 });
    this.sums.set(rows, sums);
    return sums;
  }

  /** A tensor of a file, in its own dtype. */
  private initializer(name: string, tensor: TensorLocation): Value {
    if (!this.initializers.has(name)) {
      const elementType = ELEMENT_TYPE[tensor.dtype];
      if (elementType === undefined || tensor.pairedRows !== undefined)
        throw new TypeError(`${name}: a graph cannot use dtype ${tensor.dtype}`);
      this.initializers.set(name, {
        name,
        dataType: elementType,
        dims: tensor.shape,
        dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
        externalData: [
          { key: 'location', value: basename(tensor.file) },
          { key: 'offset', value: String(tensor.offset) },
          { key: 'length', value: String(tensor.length) },
        ],
      });
    }
    return name;
  }

  /**
   * Says of what shape a value is, where ONNX's rules lose it (equal names mean equal sizes). onnxruntime plans its
   * buffers by it: those of unknown shapes are never used again, and it searches all of them for every operator.
   */
  shaped(value: Value, ...shape: Dimension[]): Value {
    this.shapes.set(value, valueInfo(value, 'float32', shape));
    return value;
  }

  /** A constant vector of integers, for shapes and axes. */
  integers(...values: number[]): Value {
    const name = `int64:${values}`;
    const rawData = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
    this.initializers.set(name, { name, dataType: DataType.INT64, dims: [values.length], rawData });
    return name;
  }

  /** A constant scalar. */
  scalar(value: number): Value {
    const name = `float:${value}`;
    const rawData = new Uint8Array(Float32Array.of(value).buffer);
    this.initializers.set(name, { name, dataType: DataType.FLOAT, dims: [], rawData });
    return name;
  }

  /** A constant vector of numbers. */
  vector(name: string, values: readonly number[] | Float32Array): Value {
    const rawData = new Uint8Array(Float32Array.from(values).buffer);
    this.initializers.set(name, { name, dataType: DataType.FLOAT, dims: [values.length], rawData });
    return name;
  }

  /** Integers as float32. */
  toFloat(value: Value): Value {
    return this.op('Cast', [value], { to: DataType.FLOAT });
  }

  /** Integers as booleans: all but 0 are true. */
  toBoolean(value: Value): Value {
    return this.op('Cast', [value], { to: DataType.BOOL });
  }

  /** Adds an operator with one result. */
  op(type: string, inputs: Value[], attributes: Record<string, Attribute> = {}, domain = ''): Value {
    return this.ops(type, inputs, 1, attributes, domain)[0]!;
  }

  /** Adds an operator with `results` results, positions that are not needed included. */
  ops(
    type: string,
    inputs: Value[],
    results: number,
    attributes: Record<string, Attribute> = {},
    domain = '',
  ): Value[] {
    const id = this.counter++;
    const names = Array.from({ length: results }, (_, i) => `${type}_${id}_${i}`);
    this.nodes.push(node(type, inputs, names, attributes, domain));
    return names;
  }

  /**
   * One of two branches, chosen by `condition` (one boolean) while the graph runs; the other is not computed. Both give
   * float32 of the same shape and may use what was built before; weights are named before, too.
   */
  either(condition: Value, then: () => Value, otherwise: () => Value, shape: Dimension[]): Value {
    const branches = {
      then_branch: this.branch(then, shape),
      else_branch: this.branch(otherwise, shape),
    };
    const name = `If_${this.counter++}_0`;
    this.nodes.push({ ...node('If', [condition], [name]), branches });
    return name;
  }

  private branch(build: () => Value, shape: Dimension[]): Branch {
    const outside = this.nodes;
    this.nodes = [];
    // The result of a branch must be made in it, even if it is a value from outside.
    const result = this.op('Identity', [build()]);
    const branch = { nodes: this.nodes, output: valueInfo(result, 'float32', shape) };
    this.nodes = outside;
    return branch;
  }

  /** Operators as ONNX has them: a result that is an output has the output's name, which spares a copy. */
  private nodeProtos(nodes: readonly GraphNode[]): object[] {
    const renamed = (values: Value[]) => values.map((value) => this.outputNames.get(value) ?? value);
    return nodes.map(({ branches = {}, ...operator }) => {
      const subgraphs = Object.entries(branches).map(([name, { nodes: inside, output }]) => ({
        name,
        type: AttributeType.GRAPH,
        g: { name, node: this.nodeProtos(inside), output: [output] },
      }));
      return {
        ...operator,
        input: renamed(operator.input),
        output: renamed(operator.output),
        attribute: [...operator.attribute, ...subgraphs],
      };
    });
  }

  /**
   * The finished model in ONNX's binary format.
   *
   * @param wanted names of the outputs that it is for, and no operator more than they need; default: all
   */
  encode(wanted?: readonly string[]): Uint8Array {
    const nodes = wanted ? this.neededFor(wanted) : this.nodes;
    const read = new Set(nodes.flatMap(valuesRead));
    const isNamed = ({ name }: { name?: string }) => wanted === undefined || wanted.includes(name!);
    const isRead = (name: string) => wanted === undefined || read.has(name);
    const made = new Set(nodes.flatMap(({ output }) => output));
    const model = onnx.ModelProto.fromObject({
      irVersion: 8,
      producerName: 'ghosttree',
      opsetImport: [
        { domain: '', version: OPSET },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: {
        name: 'decoder',
        node: this.nodeProtos(nodes),
        input: this.inputs.filter(({ name }) => isRead(name!)),
        output: this.outputs.filter(isNamed),
        valueInfo: [...this.shapes]
          .filter(([value]) => made.has(value) && !this.outputNames.has(value))
          .map(([, info]) => info),
        initializer: [...this.initializers].filter(([name]) => isRead(name)).map(([, tensor]) => tensor),
      },
    });
    return onnx.ModelProto.encode(model).finish();
  }

  /** The operators on the way to some outputs, in their order. */
  private neededFor(outputs: readonly string[]): GraphNode[] {
    const renamed = new Map([...this.outputNames].map(([value, name]) => [name, value]));
    const needed = new Set(outputs.map((name) => renamed.get(name) ?? name));
    const nodes: GraphNode[] = [];
    for (const operator of this.nodes.toReversed()) {
      if (!operator.output.some((value) => needed.has(value))) continue;
      nodes.push(operator);
      for (const value of valuesRead(operator)) needed.add(value);
    }
    return nodes.reverse();
  }
}

/** Names of all that an operator reads, in its branches, too. */
function valuesRead({ input, branches }: GraphNode): Value[] {
  return [...input, ...Object.values(branches ?? {}).flatMap(({ nodes }) => nodes.flatMap(valuesRead))];
}

/** ONNX's description of a value. */
interface ValueInfo {
  name: string;
  type: object;
}

function valueInfo(name: string, type: 'float32' | 'int64', shape: Dimension[]): ValueInfo {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  const elemType = type === 'float32' ? DataType.FLOAT : DataType.INT64;
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

function node(
  opType: string,
  input: Value[],
  output: Value[],
  attributes: Record<string, Attribute> = {},
  domain = '',
): GraphNode {
  const attribute = Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
    if (typeof value === 'string')
      return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
    if (Array.isArray(value)) return { name, type: AttributeType.INTS, ints: value };
    return { name, type: AttributeType.FLOAT, f: value.float };
  });
  return { opType, domain, input, output, attribute };
}
