import { expect, test } from 'vitest';
import { checkCommand, checkPlace } from '../../../commands/line/allowed.js';
import type { AllowLists } from '../../../src/configuration/index.js';

const slack = { person: 'slack:T1:U1', channel: 'slack:T1:C1', workspace: 'slack:T1' };
const other = { person: 'slack:T2:U1', channel: 'slack:T2:C2', workspace: 'slack:T2' };
const discord = { person: 'discord:1', channel: 'discord:22', workspace: 'discord:333' };
const direct = { person: 'discord:1', channel: 'discord:44', direct: true };
const people = { slack, other, discord, direct };

function answered(lists: Partial<AllowLists>): string[] {
  return Object.entries(people).flatMap(([name, asker]) => {
    try {
      checkPlace(asker, { where: {}, ...lists });
      return name;
    } catch {
      return [];
    }
  });
}

test.each<[Partial<AllowLists>, string[]]>([
  [{}, ['slack', 'other', 'discord', 'direct']],
  [{ channels: [] }, []],
  [{ channels: ['C1'] }, ['slack']],
  [{ channels: ['slack:T1:C1', 'discord:22'] }, ['slack', 'discord']],
  [{ channels: ['slack:*:*'] }, ['slack', 'other']],
  [{ channels: ['slack:T2:*', 'direct'] }, ['other', 'direct']],
  [{ channels: ['C'] }, []],
  [{ channels: ['C1'], where: { discord: { channels: ['*'] } } }, ['slack', 'discord', 'direct']],
  [{ channels: ['*'], where: { 'slack:T1': { channels: ['C9'] } } }, ['other', 'discord', 'direct']],
  [{ where: { slack: { channels: [] }, 'slack:T1': { commands: ['feature'] } } }, ['discord', 'direct']],
])('%j answers in %j', (lists, names) => {
  expect(answered(lists)).toEqual(names);
});

test('a place that is not allowed is told so, and of direct messages where those are', () => {
  expect(() => checkPlace(slack, { channels: [], where: {} })).toThrow(
    /^I do not answer here: whoever runs me chose the channels\.$/,
  );
  expect(() => checkPlace(slack, { channels: ['direct'], where: {} })).toThrow(/but in direct messages/);
});

test('commands are those of the most particular list, and help is always one', () => {
  const allow = { commands: ['feature'], where: { 'slack:T2': { commands: ['kind', 'models'] } } };
  checkCommand('feature 10 777', slack, allow);
  checkCommand('help feature', slack, allow);
  checkCommand('kind 10', other, allow);
  expect(() => checkCommand('kind 10 777', slack, allow)).toThrow(
    /^"kind" is not allowed here\. Allowed: feature, help\.$/,
  );
  expect(() => checkCommand('feature 10 777', other, allow)).toThrow(/Allowed: kind, models, help/);
});
