import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { listCommands } from '../../commands/index.js';
import type { Command } from '../../commands/line/command.js';
import { withinLimits } from '../../commands/line/options.js';
import { applicationCommands } from '../../src/adapters/discord/commands/applicationCommands.js';
import { defaultsFor, defaultsOf, readConfiguration } from '../../src/configuration/index.js';
import {
  askedBy,
  InputError,
  PARAMETER_NAMES,
  type ParameterCommand,
  type ParameterName,
  parameterNamed,
} from '../../src/core/index.js';
import { requestsWithin } from '../../src/core/requests.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { fixture } from '../support/tinyModel.js';

/** Every place where a parameter's value is checked, held against its row of the table. */

const configuration = readConfiguration(fixture('config'));
const { settings } = configuration;
const model = configuration.models.get(settings.model)!;
const QUESTIONS = ['feature', 'compare', 'sweep', 'activate', 'kind', 'dream'] as const;

type Value = number | string | boolean;

/** Values just inside what a row allows, and just outside. */
function valuesOf(name: ParameterName): { inside: Value[]; outside: Value[] } {
  const row = parameterNamed(name);
  switch (row.kind) {
    case 'switch':
      return { inside: [true, false], outside: ['maybe', 1, 2] };
    case 'choice':
      return { inside: [...row.choices], outside: [`${row.choices[0]}x`, 0] };
    case 'text':
      return {
        inside: row.once ? [row.once, `a ${row.once} b`] : ['a'],
        outside: row.once ? ['', 'a', row.once.repeat(2)] : [''],
      };
    default: {
      const [least, most] = row.range;
      const top = row.limit ? settings.limits[row.limit] : most;
      const step = row.kind === 'whole' ? 1 : 1e-9;
      const parts = row.kind === 'whole' ? [least + 0.5] : [];
      return {
        inside: [least, top, ...(row.words ?? [])],
        outside: [least - step, top + step, ...parts, 'some'],
      };
    }
  }
}

const CASES = PARAMETER_NAMES.filter((name) => name !== 'model').flatMap((name) => {
  const { inside, outside } = valuesOf(name);
  return [
    ...inside.map((value) => ({ name, value, allowed: true })),
    ...outside.map((value) => ({ name, value, allowed: false })),
  ];
});

/** Its `at` is a time of the day. */
const TIMED = 'daily';

function takes({ name: command, options }: Command, name: ParameterName): boolean {
  return command !== TIMED && options.some((option) => option.name === name);
}

test.each(CASES)('$name=$value is allowed by options: $allowed', ({ name, value, allowed }) => {
  const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
  const takers = listCommands().filter((command) => takes(command, name));
  const asking = takers.flatMap(({ asks }) => asks ?? []);
  expect(asking).toEqual(expect.arrayContaining([...parameterNamed(name).commands]));
  for (const command of takers) {
    const option = withinLimits(command.options, settings.limits).find((one) => one.name === name)!;
    expect(option.parse(text), command.name).toEqual(allowed ? value : undefined);
  }
});

test.each(CASES)('$name=$value is allowed by the queue: $allowed', ({ name, value, allowed }) => {
  const schemas = requestsWithin(settings.limits);
  let count = 0;
  for (const kind of QUESTIONS) {
    if (!askedBy(kind).some((asked) => asked === name)) continue;
    count++;
    const vector = { layer: 0, feature: 7, weights: 'encoder' };
    const subject = {
      ...(kind === 'compare' ? { sides: [vector, vector] } : { layer: 0, feature: 7 }),
      ...(kind === 'activate' && { texts: ['a'] }),
    };
    const parameters = { ...defaultsOf(model, settings, kind), [name]: value };
    const { success } = schemas[kind].safeParse({ model: model.id, ...subject, parameters });
    expect(success, kind).toBe(allowed);
  }
  expect(count).toBeGreaterThan(0);
});

test.each(CASES)('$name=$value is allowed by Discord: $allowed', ({ name, value, allowed }) => {
  for (const { options } of applicationCommands(configuration).flatMap((command) =>
    'options' in command && command.name !== TIMED ? [command] : [],
  )) {
    const typed = options?.find((option) => option.name === name);
    if (!typed) continue;
    if ('choices' in typed && typed.choices) {
      const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : value;
      expect(typed.choices.some((choice) => choice.value === text)).toBe(allowed);
    } else if ('min_value' in typed || 'max_value' in typed) {
      // Discord's integers have no fractions; anything but a number cannot be typed at all.
      const { min_value: least = -Infinity, max_value: most = Infinity } = typed;
      const isNumber = typeof value === 'number' && (typed.type !== 4 || Number.isInteger(value));
      expect(isNumber && value >= least && value <= most).toBe(allowed);
    } else {
      // Free text: the command checks it.
      expect(['number', 'whole', 'text']).toContain(parameterNamed(name).kind);
    }
  }
});

const CONFIGURABLE = CASES.filter(({ name }) => name !== 'bos');
test.each(CONFIGURABLE)('$name=$value is allowed by the configuration: $allowed', async (one) => {
  const { name, value, allowed } = one;
  const isDreams = !askedBy('feature').some((asked) => asked === name);
  const read = () => reading([isDreams ? 'dream' : 'defaults', name], value);
  const row = parameterNamed(name);
  const limit = 'limit' in row && row.limit ? settings.limits[row.limit] : Number.POSITIVE_INFINITY;
  if (typeof value === 'number' && value > limit) {
    // A default gives way to the operator's limit, so that the limit can be lowered alone.
    expect({ ...(await read()).defaults, ...(await read()).dream }).toHaveProperty(name, limit);
  } else if (allowed) {
    expect({ ...(await read()).defaults, ...(await read()).dream }).toHaveProperty(name, value);
  } else await expect(read()).rejects.toThrow(InputError);
});

test('what the configuration leaves out has the default of the table', async () => {
  const { defaults, dream } = await reading(['defaults'], undefined);
  expect(dream).toEqual(settings.dream);
  for (const name of askedBy('feature')) expect(defaults[name], name).toBe(parameterNamed(name).default);
  const { defaults: lighter } = await reading(['defaults'], { theme: 'light', centroid: 'off' });
  expect(lighter).toEqual({ ...defaults, theme: 'light', centroid: false });
});

test('a refusal of the configuration says what is expected', async () => {
  await expect(reading(['defaults', 'scale'], 101)).rejects.toThrow(
    /ghosttree\.yaml: defaults\.scale: expected 0\.01\.\.64 or auto or best\.$/,
  );
  await expect(reading(['defaults', 'centroid'], 'maybe')).rejects.toThrow(
    /ghosttree\.yaml: defaults\.centroid: expected on, off\.$/,
  );
});

test('every default is one that its row allows, in each command', () => {
  const commands = [...QUESTIONS, 'explain'] as ParameterCommand[];
  for (const command of commands)
    for (const [name, value] of Object.entries(defaultsFor(command, model, settings))) {
      const option = listCommands()
        .flatMap(({ options }) => options)
        .find((one) => one.name === name)!;
      const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
      expect(option.parse(text), `${command} ${name}`).toBe(value);
    }
});

/** The settings that are read where the tests' configuration says this besides. */
async function reading(path: string[], value: unknown) {
  const folder = join(await temporaryFolder(), 'config');
  await cp(fixture('config'), folder, { recursive: true });
  const file = join(folder, 'ghosttree.yaml');
  const document = parseDocument(await readFile(file, 'utf8'));
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, value);
  await writeFile(file, String(document));
  return readConfiguration(folder).settings;
}
