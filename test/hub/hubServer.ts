import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Faults } from './faults.js';
import { blobName, isLfs, type Repository, sha256, treeOf } from './repository.js';
import { sendContent, sendError } from './send.js';

/** A request that came, for tests to look at. */
export interface Seen {
  host: 'hub' | 'cdn';
  method: string;
  path: string;
  authorization: string | undefined;
  range: string | undefined;
}

/**
 * The Hugging Face Hub on this machine, as far as models are fetched from it: the endpoints that its clients use, with
 * their headers and error codes. Large files come from a second address, as from the Hub's content network, which
 * refuses requests that carry a token. test/hub/README.md tells what it is made after.
 */
export class HubServer {
  readonly repositories: Repository[] = [];
  readonly faults = new Faults();
  readonly requests: Seen[] = [];
  /** Bytes of files that were sent, by path in the repository. */
  readonly sent = new Map<string, number>();
  /** Entries of a page of a list. */
  pageSize = 1000;
  /** Tokens of accounts; others are refused. */
  readonly tokens: string[] = [];
  private readonly hub: Server;
  private readonly cdn: Server;

  constructor() {
    this.hub = createServer((request, response) => this.answerHub(request, response));
    this.cdn = createServer((request, response) => this.answerCdn(request, response));
  }

  async start(): Promise<void> {
    for (const server of [this.hub, this.cdn])
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  }

  async stop(): Promise<void> {
    for (const server of [this.hub, this.cdn]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }

  get endpoint(): string {
    return addressOf(this.hub);
  }

  /** Bytes of all files that were sent. */
  get sentBytes(): number {
    return [...this.sent.values()].reduce((total, bytes) => total + bytes, 0);
  }

  private note(host: Seen['host'], { method = '', url = '', headers }: IncomingMessage): URL {
    const { authorization, range } = headers;
    this.requests.push({ host, method, path: url, authorization, range });
    return new URL(url, this.endpoint);
  }

  private answerHub(request: IncomingMessage, response: ServerResponse): void {
    const url = this.note('hub', request);
    const path = decodeURIComponent(url.pathname);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token && !this.tokens.includes(token)) {
      sendError(response, 401, 'Invalid credentials in Authorization header');
      return;
    }
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)(?:\/(.*))?$/.exec(path);
    const file = /^(?:\/api\/resolve-cache\/models)?\/([^/]+\/[^/]+)(?:\/resolve)?\/([^/]+)\/(.+)$/.exec(
      path,
    );
    const name = api?.[1] ?? file?.[1];
    const repository = this.repositories.find(
      (candidate) => candidate.name === name || candidate.earlierNames.includes(name ?? ''),
    );
    if (!repository) {
      sendError(response, token ? 404 : 401, 'Repository not found', 'RepoNotFound');
    } else if (repository.name !== name) {
      const moved = url.pathname.replace(name!, repository.name) + url.search;
      response.writeHead(307, { Location: moved }).end();
    } else if (![repository.commit, 'main'].includes(api?.[3] ?? file![2]!)) {
      sendError(response, 404, `Invalid rev id: ${api?.[3] ?? file![2]}`, 'RevisionNotFound');
    } else if (api?.[2] === 'revision') {
      sendJson(response, infoOf(repository));
    } else if (api) {
      this.sendTree(response, repository, api[4] ?? '', url);
    } else if (repository.gated && !repository.readers.includes(token ?? '')) {
      const why = token
        ? `Access to model ${name} is restricted and you are not in the authorized list. Visit https://huggingface.co/${name} to ask for access.`
        : `Access to model ${name} is restricted. You must have access to it and be authenticated to access it. Please log in.`;
      sendError(response, token ? 403 : 401, why, 'GatedRepo');
    } else {
      void this.resolve(request, response, repository, file![3]!, url);
    }
  }

  private sendTree(response: ServerResponse, repository: Repository, folder: string, url: URL): void {
    const entries = treeOf(repository, folder, url.searchParams.get('recursive') === 'true');
    if (!entries) {
      sendError(response, 404, `${folder} does not exist on "main"`, 'EntryNotFound');
      return;
    }
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const end = start + this.pageSize;
    if (end < entries.length) {
      url.searchParams.set('cursor', String(end));
      response.setHeader('Link', `<${url.href}>; rel="next"`);
    }
    sendJson(response, entries.slice(start, end));
  }

  private async resolve(
    request: IncomingMessage,
    response: ServerResponse,
    repository: Repository,
    path: string,
    url: URL,
  ): Promise<void> {
    const content = repository.files.get(path);
    if (!content) {
      sendError(response, 404, 'Entry not found', 'EntryNotFound');
      return;
    }
    response.setHeader('X-Repo-Commit', repository.commit);
    if (isLfs(content)) {
      const signed = `${addressOf(this.cdn)}/repos/${repository.name}/${path}?Expires=4102444800&Signature=loopback`;
      const linked = { 'X-Linked-Size': content.length, 'X-Linked-ETag': `"${sha256(content)}"` };
      response.writeHead(302, { Location: signed, 'Accept-Ranges': 'bytes', ...linked }).end();
      return;
    }
    if (!url.pathname.startsWith('/api/resolve-cache/')) {
      const cached = `/api/resolve-cache/models/${repository.name}/${repository.commit}/${encodeURIComponent(path)}`;
      response.writeHead(307, { Location: cached, ETag: `"${blobName(content)}"` }).end();
      return;
    }
    await this.send(request, response, path, content, `"${blobName(content)}"`);
  }

  private answerCdn(request: IncomingMessage, response: ServerResponse): void {
    const url = this.note('cdn', request);
    const [, name, path] = /^\/repos\/([^/]+\/[^/]+)\/(.+)$/.exec(url.pathname) ?? [];
    const content = this.repositories.find((repository) => repository.name === name)?.files.get(path ?? '');
    if (request.headers.authorization) {
      sendError(response, 400, 'Only one auth mechanism allowed');
    } else if (!content || !url.searchParams.has('Signature')) {
      sendError(response, 403, 'Access denied');
    } else {
      void this.send(request, response, path!, content, `"${sha256(content).slice(0, 32)}"`);
    }
  }

  private async send(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    content: Buffer,
    etag: string,
  ): Promise<void> {
    const fault = this.faults.take(path);
    if (fault?.status) {
      for (const [header, value] of Object.entries(fault.headers ?? {})) response.setHeader(header, value);
      sendError(response, fault.status, 'The loopback Hub was told to fail');
      return;
    }
    await sendContent(request, response, content, etag, fault, (bytes) => {
      this.sent.set(path, (this.sent.get(path) ?? 0) + bytes);
    });
  }
}

function infoOf({ name, commit, gated }: Repository): object {
  return {
    _id: '621ffdc036468d709f17434d',
    id: name,
    sha: commit,
    private: false,
    gated: gated ? 'manual' : false,
    downloads: 1,
    likes: 0,
    lastModified: '2024-02-19T10:57:45.000Z',
  };
}

function sendJson(response: ServerResponse, content: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(content));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
