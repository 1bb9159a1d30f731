import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestLogEntry } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import type { Faults } from './faults.js';
import { readUpload } from './requestBody.js';
import { perform } from './respond.js';

/** The second step of an upload: the bytes, sent to the address of the first. It asks for no token. */
export async function receiveUpload(
  workspace: Workspace,
  fileId: string,
  request: IncomingMessage,
  response: ServerResponse,
  faults: Faults,
  log: RequestLogEntry[],
): Promise<void> {
  const bytes = await readUpload(request);
  const args = { file: fileId, bytes: bytes.length };
  await perform({ name: 'upload', args, request, response }, faults, log, () => {
    const file = workspace.files.get(fileId);
    if (!file || file.state === 'complete') return { status: 404, body: 'not found' };
    if (request.method !== 'POST' && request.method !== 'PUT') {
      return { status: 405, body: 'method not allowed' };
    }
    if (bytes.length !== file.length) {
      return { status: 400, body: `expected ${file.length} bytes, got ${bytes.length}` };
    }
    Object.assign(file, { bytes, state: 'uploaded' });
    return { status: 200, body: `OK - ${bytes.length}` };
  });
}
