import { expect, test } from 'vitest';
import { listCommands, planLine } from '../../commands/index.js';
import { parseArguments } from '../../src/adapters/terminal/arguments.js';
import { readConfiguration } from '../../src/configuration/index.js';
import { InputError } from '../../src/core/report/errors.js';
import { LocalJobs } from '../../src/jobs/local/localJobs.js';
import { fixture } from '../support/tinyModel.js';

/** What every plain object has besides what was put into it. */
const INHERITED = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'];

const configuration = readConfiguration(fixture('config'));
const jobs = new LocalJobs(
  { ask: () => Promise.reject(new Error('nothing is asked here')) },
  { perPerson: 1, perChannel: 1, perWorkspace: 1, altogether: 1, cacheBytes: 1, cacheSeconds: 1 },
);
const plan = (line: string) => planLine(line, { configuration, jobs });
const takesAnyText = (parse: (text: string) => unknown) => parse('any text at all') !== undefined;

test.each(
  listCommands().flatMap((command) =>
    command.options
      .filter(({ parse }) => !takesAnyText(parse))
      .map((option) => ({ command: command.name, option, verb: command.verbs?.[0] ?? '0 7' })),
  ),
)('$command $option.name: an inherited name is no value', ({ command, option, verb }) => {
  for (const value of INHERITED) {
    expect(option.parse(value)).toBeUndefined();
    const refusal = `${option.name}=${value}: expected ${option.range}`;
    if (command === 'daily' || command === 'settings') continue;
    expect(() => plan(`${command} ${verb} ${option.name}=${value}`)).toThrow(InputError);
    // An operator's limits stand in the range of these.
    if (option.name !== 'nodes' && option.name !== 'budget')
      expect(() => plan(`${command} ${verb} ${option.name}=${value}`)).toThrow(refusal);
  }
});

test.each(listCommands())(
  '$name: an inherited name is no option, no model and no command',
  ({ name, verbs, options }) => {
    for (const key of INHERITED) {
      // No option's name begins so: to /activate it is a text.
      if (options.length > 0 && !(name === 'activate' && key === '__proto__'))
        expect(() => plan(`${name} ${verbs?.[0] ?? '0 7'} ${key}=1`)).toThrow(InputError);
      if (options.some((option) => option.name === 'model') && !verbs)
        expect(() => plan(`${name} 0 7 model=${key}${name === 'activate' ? ' "a text"' : ''}`)).toThrow(
          `There is no model "${key}".`,
        );
      expect(() => plan(key)).toThrow(`There is no command "${key}".`);
    }
  },
);

test('an inherited name is no flag of the terminal', () => {
  for (const name of INHERITED)
    expect(() => parseArguments([`--${name}`, 'help'])).toThrow(`There is no flag --${name}.`);
});
