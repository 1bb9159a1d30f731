import { expect, test } from 'vitest';
import { Account } from '../../../src/adapters/chat/account.js';
import { type Outcome, UNMEASURED } from '../../../src/adapters/chat/meters.js';
import { createLog } from '../../../src/operations/index.js';

const asker = { person: 'slack:T1:U1', channel: 'slack:T1:C1' };
const LINE = 'activate 10 texts="dear diary, today"';

function kept(line: string) {
  const lines: string[] = [];
  const answered: [string, string, Outcome][] = [];
  const settings = { level: 'info', format: 'json', secrets: [], debug: true } as const;
  const account = new Account(
    createLog(settings, (text) => void lines.push(text)),
    {
      ...UNMEASURED,
      answered: (...told) => void answered.push(told.slice(0, 3) as [string, string, Outcome]),
    },
    asker,
    line,
  );
  return { account, lines, answered };
}

test('one id stands in all lines of a command, and nothing that was typed', () => {
  const { account, lines, answered } = kept(LINE);
  account.begin();
  account.log.fault('An answer failed', new Error(`${LINE} cannot be split: dear diary, today`));
  account.end('failed');
  expect(account.id).toMatch(/^[0-9a-f]{10}$/);
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(Array(3).fill(account.id));
  expect(lines.join()).not.toContain('diary');
  expect(lines.join()).not.toContain('U1');
  expect(answered).toEqual([['activate', 'slack', 'failed']]);
});

test('nor what the button stood for that was pressed', () => {
  const { account, lines, answered } = kept('');
  account.is(LINE);
  account.log.fault('An answer failed', new Error(`no answer to ${LINE}`));
  account.end('failed');
  expect(lines.join()).not.toContain('diary');
  expect(answered).toEqual([['activate', 'slack', 'failed']]);
});

test('what is no command is told by no name', () => {
  const { account, lines, answered } = kept('hunter2 is my password');
  account.begin();
  account.end('refused');
  expect(lines.join()).not.toContain('hunter2');
  expect(answered).toEqual([['unknown', 'slack', 'refused']]);
});
