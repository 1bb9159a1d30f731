import type { Dice } from '../../soak/dice.js';

/** Texts that ping, link, format, steer a terminal, break a parser or fill a screen where they are taken as they are. */
const TEXTS = [
  '@everyone',
  '@here',
  '<!channel>',
  '<!subteam^S0000000001>',
  '<@U0000000001>',
  '<@&1>',
  '<#1>',
  'https://evil.example/x',
  '<https://evil.example/y|good>',
  '[good](https://evil.example/z)',
  'javascript:alert(1)',
  '```',
  '`',
  '**__~~||',
  '\u202Efdp.exe',
  '\x1b[31m\x07\x1b]0;title\x07',
  '\0',
  '\r\n# ',
  '\ud800',
  '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
  'Z\u0351\u036B\u0343\u036A\u0302',
  '＠ｅｖｅｒｙｏｎｅ',
  "'; DROP TABLE threads; --",
  '{{constructor.constructor("return process")()}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: nobody may fill it in
  '${process.env.DISCORD_TOKEN}',
  '$(cat /etc/passwd)',
  '../../../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  'Infinity',
  '-0',
  '1e309',
  '0x1F',
  '9007199254740993',
  '99999999999999999999999999',
  '１２',
  '',
  ' ',
  '"',
  "'",
  '\\',
  '=',
  'scale=',
  'scale=4 scale=5',
  'prompt="{ghost}{ghost}"',
  '--json',
];

const NUMBERS = [-1, 0, -0, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 1e-320, 65_536];

/** A text nobody expects. */
export function hostileText(dice: Dice): string {
  const kind = dice.next();
  if (kind < 0.7) return dice.pick(TEXTS);
  if (kind < 0.9) return anyText(dice, dice.between(1, 40));
  return dice.pick(TEXTS).repeat(dice.between(1, 400)) || anyText(dice, 3000);
}

/** Code points of all planes, lone surrogates among them. */
function anyText(dice: Dice, length: number): string {
  const unit = () => dice.pick([0x80, 0x800, 0x10000])!;
  return Array.from({ length }, () => String.fromCharCode(dice.between(0, unit() - 1))).join('');
}

/** The text with a few of its words changed, torn, doubled or replaced. */
export function mutateText(text: string, dice: Dice): string {
  let changed = text;
  for (let changes = dice.between(1, 4); changes > 0; changes--) {
    const at = dice.between(0, changed.length);
    const to = Math.min(changed.length, at + dice.between(0, 6));
    const ways = [
      () => changed.slice(0, at) + hostileText(dice) + changed.slice(at),
      () => changed.slice(0, at) + hostileText(dice) + changed.slice(to),
      () => changed.slice(0, at) + changed.slice(to),
      () => `${changed} ${hostileText(dice)}`,
      () => `${changed} ${changed}`,
      () => changed.replace(/\d+/, () => String(dice.pick(NUMBERS))),
      () => changed.replace(/=\S*/, () => `=${hostileText(dice)}`),
    ];
    changed = dice.pick(ways)();
  }
  return changed;
}

/** The plain data with a few of its values changed in kind, left out, doubled or grown; `value` stays as it is. */
export function mutateJson(value: unknown, dice: Dice): unknown {
  let changed: unknown = structuredClone(value);
  for (let changes = dice.between(1, 3); changes > 0; changes--) changed = mutateOnce(changed, dice);
  return changed;
}

function mutateOnce(value: unknown, dice: Dice): unknown {
  const children = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (children.length === 0 || dice.chance(0.1)) return hostileValue(value, dice);
  const key = dice.pick(children);
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  const way = dice.next();
  if (way < 0.15) {
    if (Array.isArray(copy)) copy.splice(Number(key), 1);
    else delete copy[key];
  } else if (way < 0.2) {
    copy[Array.isArray(copy) ? copy.length : hostileText(dice)] = hostileValue(copy[key], dice);
  } else copy[key] = mutateOnce(copy[key], dice);
  return copy;
}

/** Something else in the place of a value, often of another type. */
function hostileValue(value: unknown, dice: Dice): unknown {
  const ways: (() => unknown)[] = [
    () => null,
    () => dice.chance(0.5),
    () => dice.pick(NUMBERS),
    () => hostileText(dice),
    () => [],
    () => ({}),
    () => [value, value],
    () => ({ value }),
    () => Array.from({ length: dice.between(1, 2000) }, () => value ?? hostileText(dice)),
    () => nested(dice.between(10, 500)),
    () => (typeof value === 'string' ? mutateText(value, dice) : String(value)),
    () => (typeof value === 'number' ? -value : hostileText(dice)),
  ];
  return dice.pick(ways)();
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { value };
  return value;
}

/** The bytes with a few of them flipped, cut off, doubled, moved or made large; `bytes` stay as they are. */
export function mutateBytes(bytes: Buffer, dice: Dice): Buffer {
  let changed = Buffer.from(bytes);
  for (let changes = dice.between(1, 4); changes > 0; changes--) {
    // What says how the rest is to be read stands at the beginning.
    const most = Math.max(0, (dice.chance(0.6) ? Math.min(changed.length, 512) : changed.length) - 1);
    const at = dice.between(0, most);
    const length = dice.between(1, 64);
    const ways = [
      () => changed.fill(dice.between(0, 255), at, at + 1),
      () => changed.fill(255, at, Math.min(changed.length, at + dice.between(1, 8))),
      () => changed.subarray(0, at),
      () => Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]),
      () => Buffer.concat([changed.subarray(0, at), changed.subarray(at, at + length), changed.subarray(at)]),
      () => Buffer.concat([changed, Buffer.alloc(length)]),
      () => Buffer.concat([changed.subarray(0, at), Buffer.from(hostileText(dice)), changed.subarray(at)]),
    ];
    changed = Buffer.from(dice.pick(ways)());
  }
  return changed;
}
