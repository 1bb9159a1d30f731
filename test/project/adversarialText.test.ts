import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { expect, test } from 'vitest';
import { listCommands, planLine } from '../../commands/index.js';
import { LONGEST_LINE } from '../../commands/line/grammar.js';
import { readConfiguration } from '../../src/configuration/index.js';
import { LocalJobs } from '../../src/jobs/local/localJobs.js';
import { errorFields } from '../../src/operations/errorFields.js';
import { Redactor } from '../../src/operations/redactor.js';
import { fixture } from '../support/tinyModel.js';

/**
 * Whatever reads text from outside takes time with its length. The functions are found in the sources, so that a new
 * one joins by itself; where its other parameters have no value here yet, the test says which.
 */

const LENGTH = 100_000;
/** Twice what adapters let through; planning a line reads it several times. */
const LINE_LENGTH = 2 * LONGEST_LINE;
const HANG_MILLISECONDS = 2_000;
/** Ends what never would, on the clock, which runs on while a busy machine does other work. */
const STOP_MILLISECONDS = 30_000;
/** Below this a difference is noise: the square of such a length takes seconds, whatever is done so often. */
const FLOOR_MILLISECONDS = 40;
/** Twice the text may take twice as long; the rest is for noise. */
const MOST_TIMES = 3;
const ATTEMPTS = 6;

/** Begins, and then repeats; cut at the length that is wanted, and closed by what no parser expects. */
const HOSTILE: readonly [start: string, repeated: string, end?: string][] = [
  ['', '1'],
  ['scale=', '1', 'x'],
  ['', 'a'],
  ['', '1.'],
  ['', 'a.'],
  ['', 'a-'],
  ['', ' '],
  ['10', ' ', 'x'],
  ['x', '\t', 'x'],
  ['x', '\n', 'x'],
  ['', '"'],
  ['', "'"],
  ['', '“'],
  ['', '„a“ '],
  ["'", '"\''],
  ['', '<@'],
  ['', '<'],
  ['<', 'a|'],
  ['', '='],
  ['', 'a=b '],
  ['', ','],
  ['list:', '1/2,'],
  ['', '['],
  ['', '(', ')'],
  ['', '{"a":'],
  ['[', 'true  ', 'x'],
  ['[', '1, ', 'x'],
  ['1', ' .', 'x'],
  ['', '`'],
  ['', '/'],
  ['', '\\'],
  ['a', '\u0301'],
  ['', '\u05d0\u05b0 '],
  ['\u05d0', '\u05b0', ' x'],
  ['', '\u200d'],
  ['', '👨‍👩‍👧'],
  ['', '\ud800'],
  ['', 'L10 '],
  ['L10', ' , ', 'x'],
  ['https://neuronpedia.org/', 'a', '/x'],
  ['', 'https://neuronpedia.org/'],
  ['gemma-2b/', '10-', '/x'],
  ['', '<think>'],
  ['', 'mon-'],
  ['mon', ',mon'],
  ['', 'a://b@'],
  ['', 'xoxb.'],
];

/** Each is read by hundreds of functions. */
const texts = new Map<string, string>();

function hostile([start, repeated, end = '']: (typeof HOSTILE)[number], length: number): string {
  const key = JSON.stringify([start, repeated, end, length]);
  let text = texts.get(key);
  if (text === undefined) {
    text = start + repeated.repeat(Math.ceil(length / repeated.length));
    text = text.slice(0, length) + end;
    texts.set(key, text);
  }
  return text;
}

const global = { run: () => {} };
const context = createContext(global);
const script = new Script('run()');

/** Milliseconds that it takes, whatever it throws. @throws {Error} when it takes longer than any reader would wait */
function timed(read: () => unknown): number {
  global.run = () => {
    try {
      read();
    } catch {
      // A refusal is an answer.
    }
  };
  // Time of the processor: a busy machine makes everything else take longer.
  const before = process.cpuUsage();
  script.runInContext(context, { timeout: STOP_MILLISECONDS });
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > HANG_MILLISECONDS) throw new Error('slower than any reader would wait');
  return milliseconds;
}

/** What of the hostile texts takes more time than its length explains. */
function slowTexts(read: (text: string) => unknown, length = LENGTH): string[] {
  return HOSTILE.flatMap((form) => {
    const whole = hostile(form, length);
    let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        long = Math.min(
          long,
          timed(() => read(whole)),
        );
        if (long < FLOOR_MILLISECONDS) return [];
        short = Math.min(
          short,
          timed(() => read(hostile(form, length / 2))),
        );
        if (long < MOST_TIMES * short) return [];
      } catch {
        return [`${JSON.stringify(form)}: more than ${HANG_MILLISECONDS} ms`];
      }
    }
    return [`${JSON.stringify(form)}: ${short.toFixed(0)} ms, twice as long ${long.toFixed(0)} ms`];
  });
}

const configuration = readConfiguration(fixture('config'));
const jobs = new LocalJobs(
  { ask: () => Promise.reject(new Error('nothing is asked here')) },
  { perPerson: 1, perChannel: 1, perWorkspace: 1, altogether: 1, cacheBytes: 1, cacheSeconds: 1 },
);

test.each(listCommands())('$name reads any line in time with its length', ({ name, verbs }) => {
  const starts = [`${name} `, ...(verbs ?? []).slice(0, 2).map((verb) => `${name} ${verb} `)];
  for (const start of [...starts, ...(verbs ? [] : [`${name} 0 7 `])])
    expect([
      start,
      slowTexts((text) => planLine(start + text, { configuration, jobs }), LINE_LENGTH),
    ]).toEqual([start, []]);
});

test('a line without a command, and a change to a thread’s line, are read in time with their length', () => {
  expect(slowTexts((text) => planLine(text, { configuration, jobs }), LINE_LENGTH)).toEqual([]);
  const changed = (text: string) => planLine(`scale=${text}`, { configuration, jobs }, 'feature 0 7');
  expect(slowTexts(changed, LINE_LENGTH)).toEqual([]);
});

const options = [...new Set(listCommands().flatMap((command) => command.options))];
test.each(options)('the option $name is read in time with its length', ({ parse, hint }) => {
  expect(slowTexts(parse)).toEqual([]);
  if (hint) expect(slowTexts(hint)).toEqual([]);
});

/** Where text from outside is read, and where it is made fit to be shown. */
const READING = [
  'commands',
  'src/adapters',
  'src/evidence',
  'src/explanation',
  'src/operations',
  'src/schedule',
  'src/configuration/web.ts',
  'renderers/text',
  'src/text',
];

/** What a parameter of this type may be made of a text. */
const FROM_TEXT: Record<string, ((text: string) => unknown)[]> = {
  string: [(text) => text],
  'readonly string[]': [(text) => [text], (text) => text.split(' ')],
  'string[]': [(text) => [text], (text) => text.split(' ')],
  'readonly (string | Word)[]': [(text) => [text], (text) => text.split(' ')],
  ChatMessage: [
    (text) => ({ text }),
    (text) => ({ text: '', table: text }),
    (text) => ({ text: '', title: text }),
  ],
  Entered: [(text) => ({ text: { value: { value: text } }, feature: { value: { value: text } } })],
};

/** Values of the other parameters, by name. */
const OTHERS: Record<string, unknown> = {
  botUser: 'U0000000001',
  count: 3,
  most: 300,
  length: 300,
  longest: 40,
  width: 100,
  columns: 100,
  stdout: { isTTY: false },
  line: 'feature 0 7',
  known: ['decoder', 'encoder'],
  names: ['decoder', 'encoder'],
  name: 'EXPLAIN_URL',
  text: 'https://slack.example/api/',
  example: 'https://slack.example/api/',
  choices: ['decoder', 'encoder'],
  others: [],
  models: configuration.models,
  configuration,
  '{ settings, models }': configuration,
  context: { configuration, jobs },
  asker: { person: 'slack:T1:U1', channel: 'slack:T1:C1', workspace: 'slack:T1' },
  allow: { commands: ['feature'], where: {} },
  values: [],
  snippets: ['a b c'],
  modelOption: undefined,
  textOption: undefined,
  withOption: undefined,
  block: 'text',
  zone: 'Europe/Berlin',
  now: 0,
  programs: [],
};

/**
 * Functions that read nothing from outside although they take texts: makers of messages of our own words, and readers
 * of what the program itself wrote.
 */
const OF_OUR_OWN = new Set(
  'ruledOption textOption textReply attached questionLine planLine form paragraph text select input modal line lines menu clientOptions webClient socketMode installPage announcementKey seedOf addDays weekdayOf dayOf monthOf localText instantOf inColumns measureWords activateForm strongestTitle'.split(
    ' ',
  ),
);

interface Reader {
  name: string;
  file: string;
  first: string;
  others: string[];
}

function filesIn(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) return filesIn(inside);
    return entry.name.endsWith('.ts') ? [inside] : [];
  });
}

/** The exported functions of a source file whose first parameter is made of text, and that do not wait for anything. */
function readersIn(file: string): Reader[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/^export function (\w+)(?:<.*?>)?\(/gm)].flatMap((declared) => {
    const start = declared.index + declared[0].length;
    const end = closingOf(source, start);
    const [first, ...rest] = parametersIn(source.slice(start, end));
    const name = declared[1]!;
    const waits = source.slice(end).startsWith('): Promise<');
    if (waits || first === undefined || !Object.hasOwn(FROM_TEXT, first.type) || OF_OUR_OWN.has(name))
      return [];
    const others = rest.filter(({ isNeeded }) => isNeeded).map((each) => each.name);
    return [{ name, file, first: first.type, others }];
  });
}

/** Where the bracket closes that is open at `start`. */
function closingOf(source: string, start: number): number {
  let open = 1;
  let at = start;
  for (; open > 0; at++) {
    if ('([{<'.includes(source[at]!)) open++;
    // The arrow of a function's type closes nothing.
    if (')]}>'.includes(source[at]!) && source.slice(at - 1, at + 1) !== '=>') open--;
  }
  return at - 1;
}

function parametersIn(list: string): { name: string; type: string; isNeeded: boolean }[] {
  const parameters: string[] = [];
  let parameter = '';
  for (let at = 0; at < list.length; at++) {
    if ('([{<'.includes(list[at]!)) {
      const end = closingOf(list, at + 1);
      parameter += list.slice(at, end + 1);
      at = end;
    } else if (list[at] === ',') {
      parameters.push(parameter);
      parameter = '';
    } else parameter += list[at];
  }
  return [...parameters, parameter]
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [, name = '', type = ''] =
        /^(?:\.\.\.)?(\{.*?\}|\w+)\??(?::\s*(.*?))?(?:\s*=\s.*)?$/s.exec(each) ?? [];
      return { name, type, isNeeded: !/^\w+\?|\s=\s|^\.\.\./.test(each) };
    });
}

const readers = READING.flatMap(filesIn).flatMap(readersIn);

test('the readers of text are found', () => {
  expect(readers.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['splitWords', 'findFeatureAddress', 'readVerdicts', 'typedText', 'visibleToken']),
  );
});

test.each(readers)(
  '$name of $file takes time with the length of its text',
  async ({ name, file, first, others }) => {
    const compiled = new URL(`../../${file.replace(/\.ts$/, '.js')}`, import.meta.url);
    expect(existsSync(compiled)).toBe(true);
    const functions = (await import(compiled.href)) as Record<string, (...values: unknown[]) => unknown>;
    expect(others.filter((other) => !Object.hasOwn(OTHERS, other))).toEqual([]);
    const values = others.map((other) => OTHERS[other]);
    for (const made of FROM_TEXT[first]!)
      expect(slowTexts((text) => functions[name]!(made(text), ...values))).toEqual([]);
  },
);

test('what a log says of an error takes time with the length of its message', () => {
  const redactor = new Redactor([]);
  expect(slowTexts((text) => errorFields(new Error(text), redactor, true))).toEqual([]);
});
