/** Why a pickle is not read. */
export class PickleFault extends Error {}

/** Something that a pickle names as `module name`; it is never called, only recognised. */
export class Named {
  constructor(readonly path: string) {}
}
/** What a pickle would have a name do with arguments. */
export class Call {
  constructor(
    readonly path: string,
    readonly args: readonly unknown[],
  ) {}
}
/** What a pickle leaves to whoever reads it to find. */
export class Reference {
  constructor(readonly id: unknown) {}
}

/** Names that may be called: what they would make stays a `Call`, but for an empty ordered dictionary. */
const CALLABLE = new Set([
  'collections OrderedDict',
  'torch._utils _rebuild_tensor_v2',
  'torch._utils _rebuild_parameter',
]);
/** Names that may stand for something. */
const STORAGE = /^torch (Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Storage$/;

/** A mark on the stack. */
const MARK = Symbol('mark');
/** More than the pickle of any state_dict has; each is a value of its own. */
const MOST_VALUES = 1_000_000;

/**
 * Reads a pickle of plain data and tensors (https://docs.python.org/3/library/pickletools.html): the opcodes that
 * torch.save writes for them and no others. Dictionaries become maps, lists and tuples arrays.
 *
 * @returns the value, in which `Call` and `Reference` stand for tensors and their bytes
 * @throws {PickleFault} at any other opcode or name, or where the pickle is damaged
 */
export function readPickle(bytes: Buffer): unknown {
  return new Machine(bytes).run();
}

type Step = (machine: Machine) => void;

class Machine {
  at = 0;
  private readonly memo = new Map<number, unknown>();
  private stack: unknown[] = [];
  private values = 0;

  constructor(private readonly bytes: Buffer) {}

  run(): unknown {
    for (;;) {
      const opcode = this.bytes.readUInt8(this.take(1));
      if (opcode === STOP) return this.pop();
      const step = STEPS.get(opcode);
      if (!step) throw new PickleFault(`it uses the pickle opcode 0x${opcode.toString(16).padStart(2, '0')}`);
      step(this);
    }
  }

  /** Where the next bytes begin, which are then behind. */
  take(length: number): number {
    const { at } = this;
    if (at + length > this.bytes.length) throw new PickleFault('its pickle is cut off');
    this.at = at + length;
    return at;
  }

  uint8 = () => this.bytes.readUInt8(this.take(1));
  uint16 = () => this.bytes.readUInt16LE(this.take(2));
  int32 = () => this.bytes.readInt32LE(this.take(4));
  uint32 = () => this.bytes.readUInt32LE(this.take(4));
  double = () => this.bytes.readDoubleBE(this.take(8));

  text(length: number): string {
    const at = this.take(length);
    return this.bytes.toString('utf8', at, this.at);
  }

  /** A little-endian integer of any length that a number holds. */
  long(length: number): number {
    if (length > 8) throw new PickleFault(`its pickle has an integer of ${length} bytes`);
    const at = this.take(length);
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(this.bytes[at + i]!) << BigInt(8 * i);
    return Number(BigInt.asIntN(8 * length, value));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new PickleFault('its pickle is cut off');
    const line = this.text(end - this.at);
    this.at = end + 1;
    return line;
  }

  push(value: unknown): void {
    if (++this.values > MOST_VALUES) throw new PickleFault(`its pickle has more than ${MOST_VALUES} values`);
    this.stack.push(value);
  }

  pop(): unknown {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) throw new PickleFault('its pickle takes what is not there');
    return value;
  }

  top(): unknown {
    const value = this.stack.at(-1);
    if (value === undefined || value === MARK) throw new PickleFault('its pickle takes what is not there');
    return value;
  }

  mark(): void {
    this.stack.push(MARK);
  }

  /** What stands above the last mark, which goes with it. */
  aboveMark(): unknown[] {
    const at = this.stack.lastIndexOf(MARK);
    if (at < 0) throw new PickleFault('its pickle takes what is not there');
    const values = this.stack.slice(at + 1);
    this.stack.length = at;
    return values;
  }

  tuple(size: number): void {
    const values = Array.from({ length: size }, () => this.pop());
    this.push(values.reverse());
  }

  put(index: number): void {
    this.memo.set(index, this.top());
  }

  get(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new PickleFault('its pickle takes what is not there');
    this.push(value);
  }

  named(): void {
    const path = `${this.line()} ${this.line()}`;
    if (!CALLABLE.has(path) && !STORAGE.test(path))
      throw new PickleFault(`opening it would use ${JSON.stringify(path.replace(' ', '.').slice(0, 100))}`);
    this.push(new Named(path));
  }

  call(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!(callee instanceof Named) || !CALLABLE.has(callee.path) || !Array.isArray(args))
      throw new PickleFault('its pickle calls what is no function');
    if (callee.path === 'collections OrderedDict') {
      if (args.length > 0) throw new PickleFault('its pickle makes a dictionary in an unknown way');
      this.push(new Map());
    } else this.push(new Call(callee.path, args));
  }

  /** State of an ordered dictionary, which torch writes versions of modules into, is left out. */
  build(): void {
    this.pop();
    if (!(this.top() instanceof Map)) throw new PickleFault('its pickle gives a state to what has none');
  }

  setItems(items: readonly unknown[]): void {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2 !== 0)
      throw new PickleFault('its pickle fills what is no dictionary');
    for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
  }

  append(items: readonly unknown[]): void {
    const target = this.top();
    if (!Array.isArray(target)) throw new PickleFault('its pickle fills what is no list');
    for (const item of items) target.push(item);
  }
}

const STOP = 0x2e;

const STEPS = new Map<number, Step>([
  // PROTO; the opcodes below are those of protocol 2.
  [
    0x80,
    (m) => {
      const protocol = m.uint8();
      if (protocol !== 2) throw new PickleFault(`its pickle is of protocol ${protocol}`);
    },
  ],
  [0x28, (m) => m.mark()], // MARK
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4b, (m) => m.push(m.uint8())], // BININT1
  [0x4d, (m) => m.push(m.uint16())], // BININT2
  [0x4a, (m) => m.push(m.int32())], // BININT
  [0x8a, (m) => m.push(m.long(m.uint8()))], // LONG1
  [0x47, (m) => m.push(m.double())], // BINFLOAT
  [0x58, (m) => m.push(m.text(m.uint32()))], // BINUNICODE
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x74, (m) => m.push(m.aboveMark())], // TUPLE
  [0x85, (m) => m.tuple(1)], // TUPLE1
  [0x86, (m) => m.tuple(2)], // TUPLE2
  [0x87, (m) => m.tuple(3)], // TUPLE3
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.aboveMark())], // APPENDS
  // SETITEM
  [
    0x73,
    (m) => {
      const value = m.pop();
      m.setItems([m.pop(), value]);
    },
  ],
  [0x75, (m) => m.setItems(m.aboveMark())], // SETITEMS
  [0x71, (m) => m.put(m.uint8())], // BINPUT
  [0x72, (m) => m.put(m.uint32())], // LONG_BINPUT
  [0x68, (m) => m.get(m.uint8())], // BINGET
  [0x6a, (m) => m.get(m.uint32())], // LONG_BINGET
  [0x63, (m) => m.named()], // GLOBAL
  [0x52, (m) => m.call()], // REDUCE
  [0x62, (m) => m.build()], // BUILD
  [0x51, (m) => m.push(new Reference(m.pop()))], // BINPERSID
]);
