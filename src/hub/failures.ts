import { CancelledError, InputError } from '../core/index.js';

/** What went wrong with one request to the Hub. */
export class HubFailure extends Error {
  override readonly name = 'HubFailure';

  constructor(
    readonly kind:
      | 'gated'
      | 'token'
      | 'repository'
      | 'revision'
      | 'file'
      | 'refused'
      | 'busy'
      | 'broken'
      | 'unreachable'
      | 'stalled'
      /** The server sent a file from its beginning though a later part was asked for. */
      | 'whole',
    message: string,
    /** How long the server asks to wait, in milliseconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }

  /** Whether the same request may succeed a little later. */
  get passing(): boolean {
    return ['busy', 'broken', 'unreachable', 'stalled', 'whole'].includes(this.kind);
  }
}

/** The failure that the Hub reports in an answer without success. */
export function failureOf(response: Response): HubFailure {
  const { status, headers } = response;
  const reason = headers.get('X-Error-Message') ?? response.statusText;
  const text = `HTTP ${status}${reason ? `, ${reason}` : ''}`;
  const codes = new Map<string, HubFailure['kind']>([
    ['GatedRepo', 'gated'],
    ['RepoNotFound', 'repository'],
    ['RevisionNotFound', 'revision'],
    ['EntryNotFound', 'file'],
  ]);
  const kind = codes.get(headers.get('X-Error-Code') ?? '');
  if (kind) return new HubFailure(kind, text);
  if (status === 401) return new HubFailure('token', text);
  if (status === 404) return new HubFailure('file', text);
  if (status === 429 || status === 503) return new HubFailure('busy', text, retryAfter(headers));
  if (status === 408 || status >= 500) return new HubFailure('broken', text, retryAfter(headers));
  return new HubFailure('refused', text);
}

/** A network error, with the message of its cause. */
export function networkFailure(error: unknown): HubFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, message } = (cause ?? {}) as { code?: string; message?: string };
  const unreachable = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];
  return new HubFailure(
    code && unreachable.includes(code) ? 'unreachable' : 'broken',
    code ?? message ?? String(error),
  );
}

/** What was asked for, for messages. */
export interface Asked {
  endpoint: string;
  repository: string;
  revision: string;
  path?: string;
  /** Whether a token was sent. */
  token: boolean;
}

/**
 * What a person reads when the Hub could not be used; the remedy is in it.
 *
 * @returns other errors as they are
 */
export function explained(error: unknown, asked: Asked): unknown {
  if (!(error instanceof HubFailure) || error instanceof CancelledError) return error;
  const { endpoint, repository, revision, path, token } = asked;
  const place = path ? `${repository}/${path}` : repository;
  switch (error.kind) {
    case 'gated':
      return new InputError(
        token
          ? `${repository} is gated and this token has no access: accept the licence at https://huggingface.co/${repository} with the token's account, and let the token read gated repositories (docs/models.md).`
          : `${repository} is gated: accept its licence at https://huggingface.co/${repository}, then set HF_TOKEN to a token of that account (docs/models.md).`,
      );
    case 'token':
      return new InputError(
        token
          ? `The Hub does not accept the token (${error.message}): make a new one at https://huggingface.co/settings/tokens and set HF_TOKEN.`
          : `${repository} needs a token (${error.message}): set HF_TOKEN (docs/models.md).`,
      );
    case 'repository':
      return new InputError(
        `There is no repository ${repository} at ${endpoint}, or it is private: check models.yaml, or set HF_TOKEN to a token that may read it.`,
      );
    case 'revision':
      return new InputError(`${repository} has no revision ${revision}: check models.yaml.`);
    case 'file':
      return new InputError(`${place} does not exist at revision ${revision}: check models.yaml.`);
    case 'refused':
      return new InputError(`The Hub refuses ${place} (${error.message}).`);
    case 'unreachable':
      return new Error(
        `${endpoint} cannot be reached (${error.message}): check the network, or HF_ENDPOINT. What was fetched is kept.`,
      );
    default:
      return new Error(
        `${place} could not be fetched (${error.message}), also when tried again: pull again later; what was fetched is kept.`,
      );
  }
}

/** Seconds or a date, in milliseconds from now. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('Retry-After');
  if (!text) return undefined;
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}
