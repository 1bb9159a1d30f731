import type { ServerResponse } from 'node:http';

/** What people see when they install ghosttree: static pages that repeat nothing from a request. */
const STYLE = 'body{font:16px/1.5 sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}';

/** The first page, with a link that leads to Slack. */
export function installPage(url: string): string {
  const address = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return page(
    'Add ghosttree to Slack',
    `<p>Ghosttree draws what features of sparse autoencoders mean. Slack shows next what it may do in your workspace.</p>
<p><a href="${address}">Choose a workspace</a>. This page is good for ten minutes and for one workspace.</p>`,
  );
}

/** The page after an installation. */
export function tellInstalled(response: ServerResponse): void {
  send(
    response,
    200,
    page(
      'Ghosttree is installed',
      '<p>In any channel of the workspace, type <code>/feature help</code>.</p>',
    ),
  );
}

/** Codes of Bolt for what the browser sent, rather than for what failed here or at Slack. */
const MISUSE = /^slack_oauth_(invalid_state|missing_state|missing_code|installer_authorization)/;

export function tellFailed(response: ServerResponse, code: string | undefined): void {
  const status = MISUSE.test(code ?? '') ? 400 : 500;
  send(
    response,
    status,
    page(
      'Ghosttree was not installed',
      `<p>Nothing was changed in your workspace${status === 400 ? ': the page was too old, used before, of another browser, or you cancelled' : ', or it was and we could not keep it'}.</p>
<p><a href="/slack/install">Start again</a>, in one browser, within ten minutes.</p>`,
    ),
  );
}

/** For organisations of Enterprise Grid. */
export function tellRefused(response: ServerResponse): void {
  send(
    response,
    400,
    page(
      'Ghosttree was not installed',
      '<p>It can be installed in each workspace of an organisation, not in the organisation as a whole. <a href="/slack/install">Start again</a>, and choose a workspace.</p>',
    ),
  );
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // The address of this page holds the code and the state.
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  response.end(html);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>
${body}
</body></html>`;
}
