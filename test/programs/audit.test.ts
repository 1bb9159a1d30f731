import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttree } from '../support/terminal.js';

test('audit prints who changed what, from a day on, and nothing that steers a terminal', async () => {
  const GHOSTTREE_STORE = join(await temporaryFolder(), 'ghosttree.sqlite');
  const ada = { person: 'slack:T:ada', workspace: 'slack:T', channel: 'slack:T:C1' };
  const days = ['2026-11-01', '2026-11-03'];
  for (const [index, day] of days.entries()) {
    const store = await openStore(GHOSTTREE_STORE, {
      now: () => Date.parse(`${day}T10:00Z`),
      auditDays: 1e4,
    });
    await store.settings.change('slack:T:C1', new Map([['prompt', `${index} {ghost}\x1b[31m`]]), ada);
    await store.close();
  }
  const audit = (...words: string[]) => ghosttree(['audit', ...words], { env: { GHOSTTREE_STORE } });
  const { code, stdout } = await audit('since=2026-11-02');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^2026-11-03T10:00:00\.000Z {2}slack:T:ada {2}in slack:T:C1 {2}settings slack:T:C1: prompt=0 .* -> prompt=1 [^\n]*\n$/,
  );
  expect(stdout).not.toContain('\x1b');
  expect((await audit()).stdout.split('\n')).toHaveLength(3);
  expect((await audit('since=yesterday')).stderr).toContain(
    'since=yesterday: expected a day, as 2026-11-01.',
  );
});
