import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { InputError } from '../core/index.js';

/**
 * The folder for what ghosttree keeps for the user who runs it, wherever the program itself lies: an installed package
 * is replaced as a whole by its next version, and often belongs to somebody else.
 *
 * @param variables XDG_DATA_HOME counts on every system where it is absolute, as its specification asks; LOCALAPPDATA
 *   on Windows
 * @returns an absolute path; the folder need not exist yet
 * @throws {InputError} when the system knows no home folder of this user
 */
export function dataFolder(
  variables: Record<string, string | undefined>,
  platform: NodeJS.Platform = process.platform,
  home: () => string = homedir,
): string {
  const path = platform === 'win32' ? win32 : posix;
  const wanted = variables.XDG_DATA_HOME ?? '';
  if (path.isAbsolute(wanted)) return path.join(wanted, 'ghosttree');
  if (platform === 'win32') {
    const local = variables.LOCALAPPDATA || path.join(homeOf(home), 'AppData', 'Local');
    return path.join(local, 'ghosttree');
  }
  if (platform === 'darwin') return path.join(homeOf(home), 'Library', 'Application Support', 'ghosttree');
  return path.join(homeOf(home), '.local', 'share', 'ghosttree');
}

function homeOf(home: () => string): string {
  try {
    return home();
  } catch {
    // Containers run as users that no file of the system knows.
    throw new InputError(
      'This user has no home folder in which models could lie: set GHOSTTREE_MODELS to a folder that may be written to.',
    );
  }
}
