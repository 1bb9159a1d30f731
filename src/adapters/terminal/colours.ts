import pc from 'picocolors';
import { isColourless } from '../../configuration/environment.js';

/**
 * The colours for what is written to a stream: on a terminal only, and never against NO_COLOR
 * (https://no-color.org). Other variables (CI, FORCE_COLOR) do not count: a pipe gets plain text.
 */
export function coloursFor(stream: Pick<NodeJS.WriteStream, 'isTTY'>): ReturnType<typeof pc.createColors> {
  return pc.createColors(Boolean(stream.isTTY) && !isColourless());
}
