import { slashCommands } from '../../../commands/index.js';

/** A command line as it is typed in a chat: `/near 10 777`; what is no slash command of its own goes to `/ghosttree`. */
export function chatLine(line: string): string {
  const [name] = line.split(' ', 1);
  const isOwn = name === 'feature' || slashCommands().some((command) => command.name === name);
  return isOwn ? `/${line}` : `/ghosttree ${line}`;
}
