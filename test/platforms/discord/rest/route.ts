import type { Upload } from '../forms/message.js';

/** A request whose route is known. */
export interface Call {
  readonly params: Record<string, string>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly uploads: Upload[];
}

/** What a route answers; without a body it is 204. */
export type Answer = object | undefined;

export interface Route {
  readonly method: string;
  /** `/channels/:channel/messages`; the first parameter is the major one of rate limits. */
  readonly path: string;
  /** Routes under an interaction token are open, the token is the secret. */
  readonly open?: boolean;
  /** 200, or 201 where Discord says Created. */
  readonly status?: number;
  handle(call: Call): Answer;
}

/** A route's name in logs and faults: `POST /channels/:channel/messages`. */
export function routeName({ method, path }: Route): string {
  return `${method} ${path}`;
}

/** Finds the route of a path; `'path'` when only the method is wrong. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  pathname: string,
): { route: Route; params: Record<string, string> } | 'path' | undefined {
  let pathKnown = false;
  const parts = pathname.split('/');
  // A literal part wins over a parameter: `/users/@me` before `/users/:user`.
  const fitting = routes
    .map((route) => ({ route, params: matchPath(route.path.split('/'), parts) }))
    .filter((found): found is { route: Route; params: Record<string, string> } => found.params !== undefined)
    .sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  for (const found of fitting) {
    if (found.route.method === method) return found;
    pathKnown = true;
  }
  return pathKnown ? 'path' : undefined;
}

function matchPath(template: string[], parts: string[]): Record<string, string> | undefined {
  if (template.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, piece] of template.entries()) {
    const part = parts[index]!;
    if (piece.startsWith(':')) params[piece.slice(1)] = decodeURIComponent(part);
    else if (piece !== decodeURIComponent(part)) return undefined;
  }
  return params;
}
