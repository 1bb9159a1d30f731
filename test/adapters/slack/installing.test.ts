import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { startSlack } from '../../../src/adapters/slack/index.js';
import { newKey } from '../../../src/store/index.js';
import { Browser } from '../../platforms/slack/people/browser.js';
import { ownTime } from '../../support/ownTime.js';
import { until } from '../../support/until.js';
import { Company } from './company.js';
import { configuration, freePort, newCore, QUICK, shown } from './team.js';

const core = newCore();
let company: Company;

afterEach(async () => {
  vi.useRealTimers();
  const told = [...company.infos, ...company.faults].join('\n');
  for (const secret of company.secrets()) expect(told).not.toContain(secret);
  expect(told).not.toMatch(/x(ox[a-z]|app)-\w/);
  await company.stop();
});
afterAll(() => core.close());

describe.each(['socket', 'http'] as const)('over %s', (transport) => {
  beforeEach(async () => {
    company = await Company.start(core, transport);
  });

  test('two workspaces install, and each is answered with its own token', async () => {
    const [acme, brio] = [company.add('acme'), company.add('brio')];
    const pages = await Promise.all([company.install(acme), company.install(brio)]);
    for (const { status, text } of pages) {
      expect(status).toBe(200);
      expect(text).toContain('Ghosttree is installed');
    }
    expect(await company.store.installations.teams()).toEqual(['T0ACME', 'T0BRIO']);
    const acks = await Promise.all([company.feature(QUICK, acme), company.feature(QUICK, brio)]);
    for (const ack of acks) expect(ack).toMatchObject({ failure: null });
    for (const member of [acme, brio]) {
      expect((await company.answered(member)).replies).toHaveLength(3);
      expect(member.workspace.tolerated).toEqual([]);
    }
    const posts = company.server.calls('chat.postMessage');
    const channels = { T0ACME: acme.general.id, T0BRIO: brio.general.id };
    for (const [team, channel] of Object.entries(channels)) {
      expect(posts.filter((call) => call.args.channel === channel).map((call) => call.team)).toEqual(
        posts.filter((call) => call.team === team).map(() => team),
      );
    }
    expect(company.server.requests.filter(({ error }) => error !== null)).toEqual([]);
  });

  test('installations survive a restart', async () => {
    const acme = company.add('acme');
    await company.install(acme);
    await company.restart();
    expect(company.infos.at(-1)).toBe(
      `Slack: connected in 1 workspace${transport === 'socket' ? ' over Socket Mode' : ''}`,
    );
    expect(await company.feature(QUICK, acme)).toMatchObject({ failure: null });
    await company.answered(acme);
  });
});

describe('the state of an installation', () => {
  beforeEach(async () => {
    company = await Company.start(core);
  });

  async function refused(address: string, browser: Browser): Promise<void> {
    const { status, text } = await browser.open(address);
    expect(status).toBe(400);
    expect(text).toContain('Ghosttree was not installed');
  }

  test('is bound to the browser by a cookie that scripts and plain http do not see', async () => {
    const { setCookies } = await new Browser().open(company.page('/slack/install'));
    expect(setCookies).toHaveLength(1);
    expect(setCookies[0]).toMatch(/^slack-app-oauth-state=\S+; Secure; HttpOnly; Path=\/; Max-Age=600$/);
  });

  test('must be there', async () => {
    const browser = new Browser();
    const back = new URL(await company.consent(browser, company.add('acme')));
    back.searchParams.delete('state');
    await refused(back.href, browser);
    expect(await company.store.installations.teams()).toEqual([]);
  });

  test('must be of this browser', async () => {
    const back = await company.consent(new Browser(), company.add('acme'));
    await refused(back, new Browser());
    const other = new Browser();
    await other.open(company.page('/slack/install'));
    await refused(back, other);
    expect(await company.store.installations.teams()).toEqual([]);
  });

  test('must be ours', async () => {
    const browser = new Browser();
    const back = new URL(await company.consent(browser, company.add('acme')));
    const state = back.searchParams.get('state')!;
    const [id, until_, signature] = state.split('.');
    for (const forged of [`${id}.${Number(until_) + 1}.${signature}`, `${id}.${until_}.`, 'nonsense']) {
      back.searchParams.set('state', forged);
      const response = await fetch(back, { headers: { cookie: `slack-app-oauth-state=${forged}` } });
      expect(response.status).toBe(400);
    }
    expect(await company.store.installations.teams()).toEqual([]);
  });

  test('can be used once, by copies of the browser and after a restart, too', async () => {
    const browser = new Browser();
    const acme = company.add('acme');
    const first = await company.consent(browser, acme);
    const copies = [browser.copy(), browser.copy()];
    expect((await browser.open(first)).status).toBe(200);
    await refused(first, browser);
    // With the cookie, and a code that Slack would take.
    const state = new URL(first).searchParams.get('state')!;
    const page = `${company.server.url.replace('/api/', '')}/oauth/v2/authorize?client_id=${company.settings.installing!.clientId}&scope=commands&state=${state}`;
    const again = () => company.server.oauth.allow(page, acme.workspace, acme.ada);
    await refused(again(), copies[0]!);
    await company.restart();
    await refused(again(), copies[1]!);
    expect(company.faults.join()).toContain('a state that was used before');
    expect(company.server.calls('oauth.v2.access')).toHaveLength(1);
  });

  test('is good for ten minutes', async () => {
    const browser = new Browser();
    const back = await company.consent(browser, company.add('acme'));
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: now + 10 * 60 * 1000 + 1 });
    await refused(back, browser.copy());
    expect(company.faults.join()).toContain('took over ten minutes');
    vi.setSystemTime(now + 10 * 60 * 1000 - 5_000);
    expect((await browser.open(back)).status).toBe(200);
  });

  test('whoever cancels is told so', async () => {
    const browser = new Browser();
    const { text } = await browser.open(company.page('/slack/install'));
    await refused(company.server.oauth.cancel(browser.link(text)), browser);
  });
});

describe('an installation', () => {
  beforeEach(async () => {
    company = await Company.start(core);
  });

  test('asks for the scopes of the manifest', async () => {
    const { oauth_config } = parse(readFileSync('config/slack-manifest.yaml', 'utf8')) as {
      oauth_config: { scopes: { bot: string[] } };
    };
    const browser = new Browser();
    const { text } = await browser.open(company.page('/slack/install'));
    const address = new URL(browser.link(text));
    expect(address.searchParams.get('scope')).toBe(oauth_config.scopes.bot.join(','));
    expect(address.origin).toBe(new URL(company.server.url).origin);
  });

  test('leaves nothing of its token in the files of the store', async () => {
    const acme = company.add('acme');
    await company.install(acme);
    const token = acme.workspace.botToken!;
    for (const suffix of ['', '-wal']) {
      const bytes = readFileSync(`${company.location}${suffix}`);
      expect(bytes.includes(token)).toBe(false);
      expect(bytes.includes(token.split('-').at(-1)!)).toBe(false);
    }
    expect(readFileSync(`${company.location}-wal`).includes('T0ACME')).toBe(true);
  });

  test('is replaced by a later one', async () => {
    const acme = company.add('acme');
    await company.install(acme);
    await company.feature(QUICK, acme);
    await company.answered(acme);
    const before = acme.workspace.botToken;
    await company.install(acme);
    expect(acme.workspace.botToken).not.toBe(before);
    await company.feature(QUICK, acme);
    await company.answered(acme, 1);
    expect(await company.store.installations.teams()).toEqual(['T0ACME']);
    expect(company.server.requests.filter(({ error }) => error === 'token_revoked')).toEqual([]);
  });

  test('ends when the app is removed, and the other workspaces go on', async () => {
    const [acme, brio] = [company.add('acme'), company.add('brio')];
    await company.install(acme);
    await company.install(brio);
    await company.server.uninstall(acme.workspace);
    await until('the removal in the log', () =>
      company.infos.includes('Slack: ghosttree was removed from workspace T0ACME'),
    );
    expect(await company.store.installations.teams()).toEqual(['T0BRIO']);
    expect(await company.adapter!.workspaceOf('T0ACME')).toBeUndefined();
    await company.feature(QUICK, acme);
    await until('the dropped event in the log', () =>
      company.infos.includes('Slack: an event was dropped: not installed in workspace T0ACME'),
    );
    await company.feature(QUICK, brio);
    await company.answered(brio);
    expect(company.server.messages(acme.general)).toEqual([]);
    // The way back is open.
    await company.install(acme);
    await company.feature(QUICK, acme);
    await company.answered(acme);
  });

  test('that is removed amid an answer breaks nothing else', async () => {
    const [acme, brio] = [company.add('acme'), company.add('brio')];
    await company.install(acme);
    await company.install(brio);
    await company.feature('0 7 cutoff=1e-8 top=20 close=off nodes=20000', acme);
    await until('an announcement', () => company.server.messages(acme.general).length === 1);
    await company.server.uninstall(acme.workspace);
    await company.feature(QUICK, brio);
    await company.answered(brio);
    await until('a fault', () => company.faults.length > 0);
    expect(company.faults).toEqual([
      'The person who asked could not be told: Error: A private answer could not be delivered (token_revoked).',
    ]);
    expect(company.server.ephemerals()).toEqual([]);
    expect(company.server.messages(brio.general)).toHaveLength(1);
  });

  test('is what an event needs: of other workspaces it is dropped', async () => {
    const ada = company.server.addUser('stranger');
    const general = company.server.addChannel('general', [ada]);
    const typed = { user: ada.id, channel: general.id, command: '/feature', text: QUICK };
    expect(await company.server.typeCommand(typed)).toMatchObject({ failure: null });
    await until('the dropped event in the log', () =>
      company.infos.includes('Slack: an event was dropped: not installed in workspace T0GHOSTS'),
    );
    expect(company.server.messages(general)).toEqual([]);
    expect(company.server.calls('chat.postMessage')).toEqual([]);
  });

  test('in a whole organisation is refused, and its token given back', async () => {
    const browser = new Browser();
    const acme = company.add('acme');
    const { status, text } = await browser.open(await company.consent(browser, acme, true));
    expect(status).toBe(400);
    expect(text).toContain('not in the organisation as a whole');
    expect(await company.store.installations.teams()).toEqual([]);
    expect(company.server.calls('auth.revoke')).toHaveLength(1);
    expect(acme.workspace.botToken).toBeUndefined();
  });

  test('that Slack does not confirm is told to the browser, without a reason that others sent', async () => {
    company.server.faults.error('oauth.v2.access', 'invalid_code');
    const { status, text } = await company.install(company.add('acme'));
    expect(status).toBe(500);
    expect(text).toContain('Ghosttree was not installed');
    expect(await company.store.installations.teams()).toEqual([]);
  });

  test('needs the key that it was encrypted with', async () => {
    const acme = company.add('acme');
    await company.install(acme);
    await expect(company.restart(newKey())).rejects.toThrow(/^STORE_KEY lacks the key [0-9a-f]{8}/);
    const younger = newKey();
    await company.restart(`${younger},${company.key}`);
    expect(company.infos.join()).toContain('Slack: encrypted with the newer key: 1 of the installations');
    await company.restart(younger);
    await company.feature(QUICK, acme);
    await company.answered(acme);
  });

  test('slows no other workspace down when Slack limits it', async () => {
    const [acme, brio] = [company.add('acme'), company.add('brio')];
    await company.install(acme);
    await company.install(brio);
    company.server.faults.rateLimit('chat.postMessage', { retryAfter: 3 });
    await company.feature(QUICK, acme);
    await until('a request that is limited', () =>
      company.server.requests.some(({ status }) => status === 429),
    );
    const started = ownTime();
    await company.feature(QUICK, brio);
    await until(
      'an announcement in the other workspace',
      () => company.server.messages(brio.general).length === 1,
    );
    expect(ownTime() - started).toBeLessThan(2_500);
    await company.answered(acme);
  });
});

test('tokens that expire are renewed, once for events that come together', async () => {
  company = await Company.start(core, 'socket', { tokenRotation: true });
  const acme = company.add('acme');
  await company.install(acme);
  const first = acme.workspace.botToken;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * 3600 * 1000 });
  await Promise.all([company.feature('9 9', acme), company.feature('9 8', acme)]);
  await until('two private answers', () => company.server.ephemerals(acme.ada).length === 2);
  expect(shown(company.server.ephemerals(acme.ada)[0]!)).toMatch(/no SAE at layer 9/);
  expect(acme.workspace.botToken).not.toBe(first);
  expect(company.server.calls('oauth.v2.access')).toHaveLength(2);
});

test('a taken port is one clear line, and the socket is not left open', async () => {
  company = await Company.start(core);
  const port = await freePort();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, resolve));
  const settings = { ...company.settings, port };
  await expect(
    startSlack(settings, company.conversations, configuration, company.log, company.store),
  ).rejects.toThrow(`Port ${port} is used by another program: set PORT to another.`);
  expect(company.server.socketMode.opened).toBe(1);
  await new Promise((resolve) => other.close(resolve));
});
